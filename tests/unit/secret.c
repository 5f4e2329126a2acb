/*
 * secret: what is a credential, what only looks like one, and what redaction leaves.
 */
#include "tests/test.h"

#include <stdlib.h>

#include "analyzers/secret.h"

/* Put together here, so that no scanner of this repository finds a key. */
#define RANDOM_WORD "q7Zx2Lk9Vb4Tn8Rm3Pw6"

/* clang-format off */
static const char *const secrets[] = {
	"ghp_" "16C7e42F292c6912E7710c838347Ae178B4a",
	"github_pat_" "11ABCDEFG0abcdefghijkl_xyz",
	"sk-" "ant-api03-abcdefGHIJ1234567890",
	"sk_" "live_4eC39HqLyjWDarjtT1zdp7dc",
	"AKIA" "IOSFODNN7EXAMPLE",
	"xoxb-" "123456789012-abcdefABCDEF",
	"glpat-" "ABCdef123456ghi789",
	"AIza" "SyA1234567890abcdefghijklmnopqrstu",
	"npm_" "abcdefghij0123456789ABCDEF",
	"hf_" "abcdefghijABCDEFGHIJ01",
	"rk_" "live_4eC39HqL",
	"ASIA" "IOSFODNN7EXAMPLE",
	"pypi-" "AgEIcHlwaS5vcmcCJDU2",
	"eyJ" "hbGciOiJIUzI1NiIsInR5",
	"dop_v1_" "0123456789abcdef",
	"SG." "abcdefghijABCDEF01",
	"ya29." "a0AfH6SMBabcdefgh",
	"AGE-SECRET-KEY-" "1QQPZRY9X8",
	"curl -H 'X-Key: ghp_" "16C7e42F292c6912E7710c838347Ae178B4a' x.org",
	"TOKEN=" "hunter2hunter2",
	"--password " "correcthorse",
	"export API_KEY=" "abcdef123",
	"Authorization: Bearer " "abcdef0123456789",
	"git clone https://user:" "s3cretpw@example.org/x.git",
	"psql postgres://app:" "pa55word@localhost:5432/db",
	"curl -u name:" "pw12 https://x.org",
	"curl --user 'name:" "pw12' https://x.org",
	"https://x.org/f?a=1&sig=" "abcdefgh",
	"-----BEGIN " "RSA PRIVATE KEY-----",
	RANDOM_WORD,
	"key-" RANDOM_WORD "-end",
	"0123456789abcdef0123456789abcdef" "0123456789abcdef0123456789abcdef",
};

static const char *const harmless[] = {
	"", "a", "pytest -q tests/test_parser.py::TestParser::test_empty",
	"git show 5c67021a1b2c3d4e5f60718293a4b5c6d7e8f901", /* an object id */
	"npm run build --workspace=packages/frontend",
	"src/components/InternationalizationProvider/index.tsx",
	"pip install scikit-learn sk-estimator-for-trees",
	"https://example.org/path/to/page?query=1",
	"make test-password-reset", "cat docs/authorization.md",
	"ls node_modules/.pnpm", "AKIA", "ghp_", "eyJ",
	"uv run pytest tests/unit/test_configuration_loader_integration.py",
	"org.springframework.boot.autoconfigure.SpringBootApplication",
	"cd backend && cargo test --package token-service",
};
/* clang-format on */

static void secret_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++)
		if (!secret_in(str_c(secrets[i])))
			fail_msg("not recognised: %s", secrets[i]);
}

static void secret_leaves_words_alone(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless); i++) {
		if (secret_in(str_c(harmless[i])))
			fail_msg("taken for a secret: %s", harmless[i]);
		buf_clear(&out);
		secret_redact(&out, str_c(harmless[i]));
		assert_str_equal(buf_str(&out), harmless[i]);
	}
	buf_release(&out);
}

static void secret_redacts_the_word_only(void **state)
{
	/* clang-format off */
	static const struct {
		const char *text, *redacted;
	} rows[] = {
		{ "deploy --token " "abcdef12345 --to prod", "deploy --token REDACTED --to prod" },
		{ "git push https://me:" "pw12345@example.org/x.git", "git push https://me:REDACTED@example.org/x.git" },
		{ "curl -u me:" "pw1 x.org", "curl -u me:REDACTED x.org" },
		{ "A=1 GITHUB_TOKEN=" "abcdefgh gh pr list", "A=1 GITHUB_TOKEN=REDACTED gh pr list" },
		{ "echo " RANDOM_WORD " " RANDOM_WORD, "echo REDACTED REDACTED" },
		{ "x ghp_" "16C7e42F292c6912E7710c838347Ae178B4a", "x REDACTED" },
	};
	/* clang-format on */
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&out);
		secret_redact(&out, str_c(rows[i].text));
		assert_str_equal(buf_str(&out), rows[i].redacted);
	}
	buf_release(&out);
}

/* What was redacted holds no secret any more, whatever stood around it. */
static void secret_redaction_is_complete(void **state)
{
	static const char *const around[] = {
		"%s", "a %s b", "'%s'", "x=\"%s\"", "%s;%s", "curl -u me:%s x"
	};
	struct buf text, out;

	(void)state;
	buf_init(&text, 2000);
	buf_init(&out, 2000);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
		if (str_starts_c(str_c(secrets[i]), "-----"))
			continue; /* dropped as a whole by those who ask first */
		for (size_t k = 0; k < sizeof(around) / sizeof(*around); k++) {
			str rest = str_c(around[k]), piece;

			buf_clear(&text);
			buf_clear(&out);
			for (bool first = true; str_split(&rest, '%', &piece); first = false) {
				buf_add_c(&text, first ? "" : secrets[i]);
				buf_add(&text, first ? piece : str_from(piece, 1));
			}
			secret_redact(&out, buf_str(&text));
			if (secret_in(buf_str(&out)) && !str_has_c(buf_str(&out), "REDACTED"))
				fail_msg("left over: %s", buf_c(&out));
			assert_false(str_has_c(buf_str(&out), RANDOM_WORD));
		}
	}
	buf_release(&text);
	buf_release(&out);
}

static size_t pick(size_t n) /* 0..n-1 */
{
	static uint64_t seed = 1;

	seed = hash_mix(seed, 1);
	return (size_t)(seed % n);
}

/* Appends something that may be part of a secret, or stand in its way. */
static void add_piece(struct buf *out)
{
	/* clang-format off */
	static const char *const pieces[] = {
		" ", "=", ":", "\"", "'", "@", "//", "/", "-", "_", ".", "+", "\n", "$", "-u", " -u ", "--user ", "--proxy-user=",
		"user", "me", "pw1", "http", "token", "TOKEN", "Password", "api_key", "SOME_KEY", "bearer", "_KEY", "sig",
		"secret", "authorization", "version", "case", "ghp_", "gh", "sk-", "AKIA", "eyJ", "SG.", "do", "dop_v1_",
		"npm_", "abcdef", "Zx9", "A1b2C3d4", "aaaaaaaaaaaaaaaaaaa", RANDOM_WORD, "\xc3\xa9",
	};
	/* clang-format on */
	if (pick(40) == 0)
		buf_add(out, (str){ "\0", 1 });
	buf_add_c(out, pieces[pick(sizeof(pieces) / sizeof(*pieces))]);
}

/* What is passed over at a glance holds nothing that redaction, which looks at every word, would find. */
static void secret_glance_agrees_with_walk(void **state)
{
	struct buf text, out;
	size_t found = 0, clean = 0;

	(void)state;
	buf_init(&text, 4000);
	buf_init(&out, 8000);
	for (int i = 0; i < 40000; i++) {
		size_t n = pick(24);
		bool secret;
		char *p;
		str s;

		buf_clear(&text);
		buf_clear(&out);
		while (text.n < (i % 4 ? 0 : 40 + pick(60))) /* so that what follows lies across two blocks */
			buf_add_c(&text, pick(5) ? "ab" : " ");
		for (size_t k = 0; k < n; k++)
			add_piece(&text);
		p = malloc(text.n + 1); /* of this size, so that reading behind it shows */
		assert_non_null(p);
		memcpy(p, buf_c(&text), text.n);
		s = (str){ realloc(p, text.n ? text.n : 1), text.n };
		secret_redact(&out, s);
		secret = !str_eq(buf_str(&out), s);
		if (secret_in(s) != secret)
			fail_msg("%s: %s", secret ? "missed" : "taken for a secret", buf_c(&text));
		found += secret;
		clean += !secret;
		free((void *)(uintptr_t)s.p);
	}
	assert_true(found > 5000 && clean > 5000);
	buf_release(&text);
	buf_release(&out);
}

const struct CMUnitTest secret_tests[] = {
	cmocka_unit_test(secret_is_found),
	cmocka_unit_test(secret_leaves_words_alone),
	cmocka_unit_test(secret_redacts_the_word_only),
	cmocka_unit_test(secret_redaction_is_complete),
	cmocka_unit_test(secret_glance_agrees_with_walk),
};
const size_t secret_tests_count = sizeof(secret_tests) / sizeof(*secret_tests);
