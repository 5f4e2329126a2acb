/*
 * fuzz_request: any bytes as a request.  What is not changed is written back byte for byte; changing or dropping anything
 * leaves a request with the other parts as they were; the pipeline says what it saved, and what it made of a request it
 * leaves alone the next time.
 */
#include <stdint.h>
#include <stdlib.h>

#include "core/compress/pipeline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static bool inside(str part, str whole)
{
	return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void check_slices(const struct request *r)
{
	for (size_t i = 0; i < r->messages.n; i++) {
		const struct message *m = request_message(r, i);

		require(inside(m->raw, r->text) && m->from + m->n <= r->slots.n);
	}
	for (size_t i = 0; i < r->slots.n; i++) {
		const struct slot *s = request_slot(r, i);

		require(s->kind < SLOT_KIND_COUNT && inside(s->raw, r->text));
		require(s->message == REQUEST_TOP || s->message < r->messages.n);
		require(s->call == REQUEST_TOP || s->call < r->calls.n);
	}
}

static void write_out(const struct request *r, const struct request_change *c, struct buf *out)
{
	buf_clear(out);
	request_write(r, c, out);
	require(!out->full);
}

/* Each string gets a new text; read again it is there, and nothing else has changed. */
static void check_texts(const struct request *r, struct buf *out)
{
	str *texts = xcalloc(r->slots.n + 1, sizeof(*texts));
	struct request_change c = { .texts = texts };
	struct request again;

	for (size_t i = 0; i < r->slots.n; i++)
		if (request_slot(r, i)->string && i % 2)
			texts[i] = STR("\"new\"\n");
	write_out(r, &c, out);
	require(request_parse(buf_str(out), &again, NULL) == STATUS_OK);
	require(again.slots.n == r->slots.n && again.messages.n == r->messages.n);
	for (size_t i = 0; i < r->slots.n; i++)
		require(str_eq(request_slot(&again, i)->raw,
			       texts[i].p ? STR("\\\"new\\\"\\n") : request_slot(r, i)->raw));
	request_release(&again);
	free(texts);
}

static void check_drops(const struct request *r, struct buf *out)
{
	bool *dropped = xcalloc(r->messages.n + 1, sizeof(*dropped));
	struct request_change c = { .dropped = dropped,
				    .inserted = STR("{\"role\":\"user\",\"content\":\"x\"}") };
	struct request again;
	size_t kept = 0;

	for (size_t i = 0; i < r->messages.n; i++) {
		dropped[i] = i % 3 != 1;
		kept += !dropped[i];
	}
	c.before = r->messages.n / 2;
	write_out(r, &c, out);
	require(request_parse(buf_str(out), &again, NULL) == STATUS_OK);
	require(again.messages.n == kept + 1);
	request_release(&again);
	free(dropped);
}

static void check_pipeline(const struct request *r)
{
	struct pipeline_options o = { .pretend = true, .measure_waste = true, .model = STR("gpt-4o") };
	struct pipeline_result once, twice;
	struct compress_config config;
	struct request after;
	size_t sum = 0;

	compress_config_init(&config);
	config.min_tokens_to_crush = 10;
	config.align = true;
	config.align_min_tokens = 0;
	if (pipeline_run(r, &config, &o, &once, NULL) != STATUS_OK)
		return;
	for (size_t i = 0; i < BLOCK_COUNT; i++)
		sum += once.blocks[i];
	require(sum == once.tokens_before && once.waste.total <= once.tokens_before);
	require(request_parse(buf_str(&once.bytes), &after, NULL) == STATUS_OK);
	config.mode = MODE_AUDIT;
	require(pipeline_run(&after, &config, &o, &twice, NULL) == STATUS_OK);
	require(!twice.changed && twice.tokens_before == once.tokens_after);
	pipeline_result_release(&twice);
	pipeline_result_release(&once);
	request_release(&after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str text = { (const char *)data, size };
	struct request_change nothing = { 0 };
	struct request r;
	struct buf out;

	if (request_parse(text, &r, NULL) != STATUS_OK)
		return 0;
	buf_init(&out, 16 * size + 4096);
	check_slices(&r);
	write_out(&r, &nothing, &out);
	require(str_eq(buf_str(&out), text));
	check_texts(&r, &out);
	if (r.list.n)
		check_drops(&r, &out);
	check_pipeline(&r);
	buf_release(&out);
	request_release(&r);
	return 0;
}
