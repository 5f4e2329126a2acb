# headroom.  `make` builds build/headroom, `make run` shows it at work, `make check` tests it, `make help` lists all
# targets.  MODE picks flags and folder: release, asan, valgrind, fuzz, cover.  V=1 shows the commands.

VERSION := 0.1.0
MODE ?= release
BUILD ?= build
OUT := $(BUILD)/$(MODE)
FUZZ_SECONDS ?= 20

prefix ?= /usr/local
bindir ?= $(prefix)/bin
mandir ?= $(prefix)/share/man
bashdir ?= $(prefix)/share/bash-completion/completions
zshdir ?= $(prefix)/share/zsh/site-functions
fishdir ?= $(prefix)/share/fish/vendor_completions.d

# libgit2 and libcurl are opened at run time (core/git, core/net), so that a start without them stays fast: their headers,
# but not -lgit2 nor -lcurl.
PACKAGES := jansson sqlite3
HEADERS := libgit2 libcurl
DEBIAN := gcc make pkg-config libjansson-dev libsqlite3-dev libgit2-dev libcmocka-dev libncurses-dev \
	libcurl4-openssl-dev git perl

# Source code is parsed by tree-sitter where it and its grammars are there (`make grammars`).
GRAMMARS := $(BUILD)/grammars/libgrammars.a
TREE_SITTER := $(shell test -e $(GRAMMARS) && pkg-config --variable=libdir tree-sitter 2>/dev/null)

SOURCES := $(sort $(shell find core scanners analyzers writers tui -name '*.c' 2>/dev/null))
OBJECTS := $(SOURCES:%.c=$(OUT)/%.o)
MAIN := $(OUT)/core/cmd/headroom.o
LIB := $(OUT)/libheadroom.a
BIN := $(if $(filter release,$(MODE)),$(BUILD)/headroom,$(OUT)/headroom)
TESTS := $(sort $(wildcard tests/unit/*.c))
CHECK := $(OUT)/check
FUZZERS := $(patsubst tests/fuzz/%.c,$(OUT)/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
GOLDEN := $(sort $(wildcard tests/golden/*.t))

SANITIZE := -fno-omit-frame-pointer -fno-sanitize-recover=all -DDEBUG_ARENA=1 -fsanitize=address,undefined
flags_release := -O3
flags_asan := -O1 $(SANITIZE)
flags_valgrind := -O1 -DDEBUG_ARENA=1
flags_fuzz := -O1 $(SANITIZE) -fsanitize=fuzzer-no-link
flags_cover := -O0 --coverage
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wundef -Wvla -Wwrite-strings -Wcast-qual -Wpointer-arith \
	-Wformat=2 -Wstrict-prototypes -Wmissing-prototypes

ifeq ($(MODE),fuzz)
CC := clang
endif
ALL_CPPFLAGS := -I. -D_XOPEN_SOURCE=700 -D_GNU_SOURCE -DHEADROOM_VERSION='"$(VERSION)"' \
	$(shell pkg-config --cflags $(PACKAGES) $(HEADERS) 2>/dev/null) $(CPPFLAGS)
ALL_CFLAGS := -std=c11 -g -pthread $(flags_$(MODE)) $(WARNINGS) $(CFLAGS)
ALL_LDLIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -ldl -lm $(LDLIBS)
ifneq ($(TREE_SITTER),)
ALL_CPPFLAGS += -DHAVE_TREE_SITTER
ALL_LDLIBS += $(GRAMMARS) $(firstword $(wildcard $(TREE_SITTER)/libtree-sitter.a) -ltree-sitter)
endif
LINK = $(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@

MAKEFLAGS += --no-print-directory
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(2)')

export ASAN_OPTIONS ?= allow_user_segv_handler=0:detect_leaks=1
export UBSAN_OPTIONS ?= print_stacktrace=1

all: $(BIN) ## build the program (default)

$(BIN): $(MAIN) $(LIB)
	$(call say,LINK,$@)
	$(Q)$(LINK) $^ $(ALL_LDLIBS)

$(LIB): $(filter-out $(MAIN),$(OBJECTS))
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(OUT)/%.o: %.c Makefile
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(WERROR) -MMD -MP -c -o $@ $<

# The tables of the tokenizer; `make tables` made them from the npm package tiktoken.
$(OUT)/core/token/embed.o: $(wildcard core/token/*.bin)

# Compiled anew when the grammars come.
$(OUT)/core/compress/code_parse.o: $(if $(TREE_SITTER),$(GRAMMARS))

$(CHECK): $(OUT)/tests/main.o $(OUT)/tests/http.o $(TESTS:%.c=$(OUT)/%.o) $(LIB)
	$(call say,LINK,$@)
	$(Q)$(LINK) $^ -lcmocka $(ALL_LDLIBS)

# One row per file of tests/unit, rewritten only when a file comes or goes.
$(OUT)/test_list.h: FORCE
	$(Q)mkdir -p $(@D) && printf 'TABLE(%s)\n' $(notdir $(TESTS:.c=)) >$@.new
	$(Q)if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
$(OUT)/tests/main.o: $(OUT)/test_list.h
$(OUT)/tests/main.o: ALL_CPPFLAGS += -I$(OUT)

$(OUT)/fuzz_%: $(OUT)/tests/fuzz/fuzz_%.o $(if $(filter fuzz,$(MODE)),,$(OUT)/tests/fuzz/replay.o) $(LIB)
	$(call say,LINK,$@)
	$(Q)$(LINK) $(if $(filter fuzz,$(MODE)),-fsanitize=fuzzer) $^ $(ALL_LDLIBS)

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)

deps: ## install what is missing of the Debian packages needed to build and test
	$(Q).ci/deps $(DEBIAN)
	$(Q).ci/deps --optional libtree-sitter-dev
	-$(Q)$(MAKE) grammars

grammars: ## fetch and compile the grammars that code compression needs
	$(Q)core/compress/grammars.sh $(BUILD)/grammars

run: deps ## show the program at work on this machine's sessions
	$(Q)$(MAKE) all
	$(Q)tests/run-demo.sh $(BIN)

check: deps ## everything that must pass: layers, unit tests, fuzz corpus, golden tests
	$(Q)$(MAKE) WERROR=-Werror layers unit
	$(Q)$(MAKE) MODE=asan WERROR=-Werror replay
	$(Q)$(MAKE) WERROR=-Werror golden

unit: $(CHECK)
	$(Q)$(RUN) $(CHECK)

replay: $(FUZZERS)
	$(Q)for f in $(FUZZERS); do $$f tests/fuzz/corpus/$${f##*/fuzz_} || exit 1; done

golden: $(if $(GOLDEN),$(BIN))
	$(Q)$(if $(GOLDEN),HEADROOM=$(abspath $(BIN)) prove -j$$(nproc) $(GOLDEN),:)

asan: ## unit tests and fuzz corpus under ASan, UBSan and LeakSanitizer
	$(Q)$(MAKE) MODE=asan unit replay

valgrind: ## unit tests under valgrind memcheck
	$(Q)$(MAKE) MODE=valgrind RUN='valgrind -q --error-exitcode=1 --suppressions=tests/valgrind.supp --leak-check=full \
		--show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect' unit

fuzz: ## FUZZ_SECONDS of libFuzzer for each harness; finds go to build/fuzz
	$(Q)$(MAKE) MODE=fuzz fuzz-all

fuzz-all: $(FUZZERS)
	$(Q)for f in $(FUZZERS); do \
		name=$${f##*/fuzz_} && mkdir -p $(OUT)/corpus/$$name && \
		$$f -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=$(OUT)/$$name- -print_final_stats=1 \
			$(OUT)/corpus/$$name tests/fuzz/corpus/$$name || exit 1; done

bench: $(BIN) ## time the program on made-up logs
	$(Q)HEADROOM=$(abspath $(BIN)) tests/bench/run.sh

cover: ## line coverage of unit and golden tests; fails below 90 % where sessions are read and files written
	$(Q)find $(BUILD)/cover -name '*.gcda' -delete 2>/dev/null || :
	$(Q)$(MAKE) MODE=cover unit golden
	$(Q)tests/cover.sh $(BUILD)/cover 90 scanners analyzers writers

format: ## clang-format the tree
	$(Q)clang-format -i $$(git ls-files -co --exclude-standard '*.[ch]')

lint: ## clang-tidy and cppcheck, both silent when all is well
	$(Q)printf '%s\n' $(SOURCES) | xargs -P$$(nproc) -n1 sh -c \
		'clang-tidy --quiet --warnings-as-errors="*" "$$@" -- -std=c11 \
		$(filter-out -DHEADROOM_VERSION=%,$(ALL_CPPFLAGS)) -DHEADROOM_VERSION=\"$(VERSION)\" 2>/dev/null' sh
	$(Q)cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
		-j$$(nproc) -I. -D__GNUC__ $(SOURCES)

tables: ## make the tables of the tokenizer anew from the npm package tiktoken
	$(Q)mkdir -p $(BUILD)/npm && cd $(BUILD)/npm && npm pack --silent tiktoken@1.0.22 && tar xf tiktoken-1.0.22.tgz
	$(Q)node core/token/pack_tables.js $(BUILD)/npm/package core/token

layers: $(OBJECTS) ## check that no folder includes one above it
	$(Q)tests/layers.sh $(OBJECTS:.o=.d)

man: $(BIN) ## write the manual pages to build/man
	$(Q)mkdir -p $(BUILD)/man && $(BIN) --dump-man $(BUILD)/man

completions: $(BIN) ## write the completions for bash, zsh and fish to build/completions
	$(Q)mkdir -p $(BUILD)/completions && $(BIN) --dump-completions $(BUILD)/completions

install: $(BIN) man completions ## install under prefix (and DESTDIR)
	install -d $(addprefix $(DESTDIR),$(bindir) $(mandir)/man1 $(bashdir) $(zshdir) $(fishdir))
	install -m 755 $(BIN) $(DESTDIR)$(bindir)/headroom
	install -m 644 $(BUILD)/man/*.1 $(DESTDIR)$(mandir)/man1
	install -m 644 $(BUILD)/completions/headroom.bash $(DESTDIR)$(bashdir)/headroom
	install -m 644 $(BUILD)/completions/_headroom $(DESTDIR)$(zshdir)/_headroom
	install -m 644 $(BUILD)/completions/headroom.fish $(DESTDIR)$(fishdir)/headroom.fish

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(bindir)/headroom $(DESTDIR)$(mandir)/man1/headroom.1 \
		$(DESTDIR)$(mandir)/man1/headroom-*.1 $(DESTDIR)$(bashdir)/headroom \
		$(DESTDIR)$(zshdir)/_headroom $(DESTDIR)$(fishdir)/headroom.fish

clean: ## remove everything built
	rm -rf $(BUILD)

help: ## list the targets
	$(Q)sed -n 's/^\([a-z]*\):.*## /  \1\t/p' Makefile | expand -t 15

FORCE:
.PHONY: all deps grammars run check unit replay golden asan valgrind fuzz fuzz-all bench cover format lint tables layers \
	man completions install uninstall clean help FORCE
.SECONDARY:
