#!/usr/bin/perl
# replicate.pl FOLDER... OUT BYTES: copies real session logs below OUT/projects until there are so many bytes, each copy
# with ids of its own (records, sessions, calls, messages, requests, agents), so that no copy repeats another's calls.
use strict;
use warnings;
use File::Find;
use File::Path qw(make_path);
use File::Basename;

my $wanted = pop @ARGV;
my $out = pop @ARGV;
@ARGV && $wanted =~ /^\d+$/ or die "usage: replicate.pl FOLDER... OUT BYTES\n";

my @files;
find({ no_chdir => 1, wanted => sub { push @files, $_ if -f && /\.jsonl$/ && m{/projects/} } }, @ARGV);
@files or die "no session logs there\n";
@files = sort @files;

my ($written, $copy) = (0, 0);
while ($written < $wanted) {
	$copy++;
	my $mark = sprintf '%04x', $copy;
	for my $file (@files) {
		last if $written >= $wanted;
		(my $to = $file) =~ s{^.*/projects/}{$out/projects/};
		my $fresh = sub {
			# a UUID, an agent's short id, and what stands behind toolu_, msg_, req_
			$_[0] =~ s/\b([0-9a-f]{4})[0-9a-f]{4}(-[0-9a-f]{4}-[0-9a-f]{4}-)/$1$mark$2/g;
			$_[0] =~ s/\b((?:agent-|"agentId":"))([0-9a-f]{4})([0-9a-f]{4})/$1$2$mark/g;
			$_[0] =~ s/\b((?:toolu|msg|req)_\w{8})\w{4}/$1$mark/g;
		};
		$fresh->($to);
		make_path(dirname $to);
		open my $in, '<:raw', $file or die "$file: $!\n";
		open my $copied, '>:raw', $to or die "$to: $!\n";
		while (my $line = <$in>) {
			$fresh->($line);
			print $copied $line or die "$to: $!\n";
			$written += length $line;
		}
		close $copied or die "$to: $!\n";
	}
}
printf "%d bytes, %d copies of %d files\n", $written, $copy, scalar @files;
