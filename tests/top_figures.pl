#!/usr/bin/perl
# usage: top_figures.pl FOLDER...
# Counts Claude Code's logs below the folders on its own, with nothing of the program but its definition: an API message
# counts once over all logs, with the usage of the record that knows the largest output.  Prints one JSON object with
# sorted keys: sums in total and by model, and the calls of tools, each id once.
use strict;
use warnings;
use File::Find;
use JSON::PP;

my (%message, %call, @files);

find({ wanted => sub { push @files, $_ if /\.jsonl\z/ && -f $_ && !m{/tool-results/} }, no_chdir => 1 }, @ARGV);
for my $file (sort @files) {
	next if $file =~ m{/subagents/} && $file !~ m{/agent-[^/]*\z};
	open(my $in, '<:raw', $file) or next;
	while (my $line = <$in>) {
		my $r = eval { JSON::PP::decode_json($line) };
		next unless ref $r eq 'HASH' && ($r->{type} // '') eq 'assistant' && ref $r->{message} eq 'HASH';
		my $m = $r->{message};
		next if $r->{isApiErrorMessage} || ($m->{model} // '') eq '<synthetic>';
		if (ref $m->{content} eq 'ARRAY') {
			for my $block (@{ $m->{content} }) {
				$call{ $block->{id} } = 1 if ($block->{type} // '') eq 'tool_use' && defined $block->{id};
			}
		}
		my ($id, $u) = ($m->{id}, $m->{usage});
		next unless defined $id && ref $u eq 'HASH';
		my $known = $message{$id} //= { model => $m->{model} // '', output => -1 };
		$known->{complete} ||= defined $m->{stop_reason};
		next if ($u->{output_tokens} // 0) <= $known->{output};
		my $split = ref $u->{cache_creation} eq 'HASH' ? $u->{cache_creation} : {};
		@$known{qw(input output read write write_5m write_1h)} = map { $_ // 0 } @$u{
			qw(input_tokens output_tokens cache_read_input_tokens cache_creation_input_tokens)},
			@$split{qw(ephemeral_5m_input_tokens ephemeral_1h_input_tokens)};
	}
}

my (%all, %models);
for my $m (values %message) {
	for my $sums (\%all, $models{ $m->{model} } //= {}) {
		$sums->{requests}++;
		$sums->{incomplete} += $m->{complete} ? 0 : 1;
		$sums->{$_} += $m->{$_} for qw(input output read write write_5m write_1h);
	}
}
print JSON::PP->new->canonical->pretty->encode(
	{ total => \%all, by_model => \%models, calls => scalar keys %call });
