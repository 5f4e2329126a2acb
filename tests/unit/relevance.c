/*
 * relevance: which texts tell an error, what a query asks for, and how BM25 orders documents.
 */
#include "tests/test.h"

#include "core/compress/relevance.h"

static const char *const errors[] = {
	"error",
	"ERROR: disk full",
	"KeyError",
	"java.lang.NullPointerException",
	"request failed",
	"FAIL",
	"status=fail;",
	"Connection timeout",
	"timed out",
	"permission denied",
	"aborted",
	"crashed twice",
	"panicked at",
	"rejected",
	"critical",
	"fatal: not a git repository",
	"connection_error",
	"2 errors",
	"10 errors",
	"1.0 errors",
	"errors: 3",
	"error: 0.5",
	"failure",
	"no warning, but an error",
	"0 errors, 1 failure",
};

static const char *const harmless[] = {
	"",
	"ok",
	"terror",
	"0 errors",
	"no errors",
	"No Errors found",
	"zero failures",
	"without error",
	"errors: 0",
	"error: none",
	"\"error\":null",
	"error = false",
	"failed=0",
	"non-fatal",
	"failover",
	"fail-safe",
	"fails over",
	"stderr",
	"default",
	"mirror",
	"recrash",

	"not denied",
	"fai",
	"erro",
};

static void relevance_knows_errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (!tells_error(str_c(errors[i])))
			fail_msg("no error: %s", errors[i]);
	for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless); i++)
		if (tells_error(str_c(harmless[i])))
			fail_msg("an error: %s", harmless[i]);
	assert_true(tells_warning(STR("WARNING: x")));
	assert_true(tells_warning(STR("deprecated_warn")));
	assert_false(tells_warning(STR("0 warnings")));
	assert_false(tells_warning(STR("swarn")));
	assert_true(tells_note(STR("// TODO later")));
	assert_true(tells_note(STR("Important: read")));
	assert_false(tells_note(STR("debug prefix")));
}

static bool has(const str *list, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_c(list[i], s))
			return true;
	return false;
}

static void query_is_taken_apart(void **state)
{
	static const char *const anchors[] = {
		"550e8400-e29b-41d4-a716-446655440000",
		"20315",
		"req_15957161e911",
		"db-7.eu.example.com",
		"exact words here",
		"ops@example.com",
		"2026-02-01",
		"x y",
	};
	struct arena a;
	struct query q;

	(void)state;
	arena_init(&a);
	query_init(&q, &a,
		   STR("Why did 550E8400 550e8400-e29b-41d4-a716-446655440000, order 20315 and "
		       "req_15957161e911 on "
		       "db-7.eu.example.com fail? \"exact words here\" ops@example.com 2026-02-01 `x y` it's "
		       "123 "
		       "don't"));
	for (size_t i = 0; i < sizeof(anchors) / sizeof(*anchors); i++)
		if (!has(q.anchors, q.anchors_n, anchors[i]))
			fail_msg("no anchor: %s", anchors[i]);
	assert_false(has(q.anchors, q.anchors_n, "123"));
	assert_true(has(q.words, q.words_n, "order"));
	assert_true(has(q.words, q.words_n, "550e8400-e29b-41d4-a716-446655440000"));
	assert_false(has(q.words, q.words_n, "why"));
	assert_false(has(q.words, q.words_n, "the"));
	for (size_t i = 0; i < q.words_n; i++)
		assert_true(q.hashes[i] == str_hash(q.words[i]));
	assert_true(query_anchored(&q, STR("{\"order\":20315}")));
	assert_false(query_anchored(&q, STR("{\"order\":203150,\"x\":120315}")));
	query_init(&q, &a, STR(""));
	assert_int_equal(q.anchors_n + q.words_n, 0);
	assert_false(query_anchored(&q, STR("anything")));
	arena_release(&a);
}

/* A question can hold a whole log: what is taken from it has a limit, and so has the time. */
static void query_of_any_size_is_bounded(void **state)
{
	struct arena a;
	struct buf text;
	struct query q;

	(void)state;
	arena_init(&a);
	buf_init(&text, SIZE_MAX);
	for (unsigned i = 0; i < 100000; i++)
		buf_printf(&text, "id-%u \"quoted %u ", i + 10000, i);
	query_init(&q, &a, buf_str(&text));
	assert_in_range(q.words_n, 1, 1000);
	assert_in_range(q.anchors_n, 1, 1000);
	buf_release(&text);
	arena_release(&a);
}

static void bm25_orders_documents(void **state)
{
	static const str documents[] = {
		{ "the cache of the lease", 22 },
		{ "the weather", 11 },
		{ "Lease LEASE cache replica", 25 },
		{ "", 0 },
		{ "the lease and a lot of other words", 34 },
		{ "the the the the", 15 },
	};
	float scores[6];
	struct arena a;
	struct query q;

	(void)state;
	arena_init(&a);
	query_init(&q, &a, STR("Where is the cache replica lease?"));
	bm25(&q, documents, 6, scores);
	assert_true(scores[2] == 1);
	assert_true(scores[0] < scores[2] && scores[0] > scores[4] && scores[4] > 0);
	assert_true(scores[1] == 0 && scores[3] == 0 && scores[5] == 0);
	query_init(&q, &a, STR("the"));
	bm25(&q, documents, 6, scores);
	for (size_t i = 0; i < 6; i++)
		assert_true(scores[i] == 0);
	bm25(&q, documents, 0, scores);
	arena_release(&a);
}

/* A rare word outweighs one that nearly all documents have. */
static void bm25_weighs_rare_words(void **state)
{
	str documents[100];
	float scores[100];
	struct arena a;
	struct query q;

	(void)state;
	arena_init(&a);
	for (unsigned i = 0; i < 100; i++)
		documents[i] = arena_printf(&a, i == 40 ? "service other zebra" : "service other words%u", i);
	query_init(&q, &a, STR("service zebra"));
	bm25(&q, documents, 100, scores);
	assert_true(scores[40] == 1);
	assert_true(scores[41] < .05f);
	arena_release(&a);
}

const struct CMUnitTest relevance_tests[] = {
	cmocka_unit_test(relevance_knows_errors),	cmocka_unit_test(query_is_taken_apart),
	cmocka_unit_test(query_of_any_size_is_bounded), cmocka_unit_test(bm25_orders_documents),
	cmocka_unit_test(bm25_weighs_rare_words),
};
const size_t relevance_tests_count = sizeof(relevance_tests) / sizeof(*relevance_tests);
