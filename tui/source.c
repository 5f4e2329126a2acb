#include "tui/source.h"

#include <errno.h>
#include <string.h>

#include "core/base/fs.h"

const struct source_type *const source_types[] = { &proxy_source,  &store_source, &sessions_source,
						   &replay_source, &demo_source,  NULL };

/* Who is asked first whether a name is his: those that look closest. */
static const struct source_type *const by_name[] = { &proxy_source, &replay_source, &sessions_source,
						     &store_source };

static bool is_url(const char *name)
{
	return str_starts_c(str_c(name), "http://") || str_starts_c(str_c(name), "https://");
}

enum status feed_open_as(const struct source_type *type, const char *name, const struct source_options *o,
			 struct feed *out, struct error *err)
{
	void *source;

	if (name && !is_url(name) && !fs_exists(name))
		return error_errno(err, ENOENT, "%s", name);
	source = type->open(name, o);
	if (!source)
		return error_set(err, STATUS_USAGE, "%s: not what a %s is read from", name ? name : "default",
				 type->kind);
	*out = (struct feed){ .type = type, .source = source };
	return STATUS_OK;
}

enum status feed_open(const char *name, const struct source_options *o, struct feed *out, struct error *err)
{
	if (!is_url(name) && !fs_exists(name))
		return error_errno(err, ENOENT, "%s", name);
	for (size_t i = 0; i < sizeof(by_name) / sizeof(*by_name); i++)
		if (feed_open_as(by_name[i], name, o, out, NULL) == STATUS_OK)
			return STATUS_OK;
	return error_set(
		err, STATUS_USAGE,
		"%s: no source; name a proxy (http://HOST:PORT), a folder of Headroom or of session logs, or "
		"a recording",
		name);
}

void feed_open_defaults(const struct source_options *o, struct vec *feeds)
{
	static const struct source_type *const types[] = { &proxy_source, &store_source, &sessions_source };

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		struct feed feed = { .type = types[i], .source = types[i]->open(NULL, o), .assumed = true };

		if (feed.source)
			*(struct feed *)vec_push(feeds) = feed;
	}
}

static bool has_something(const struct snapshot *s)
{
	for (size_t i = 0; i < s->sources.n; i++)
		if (((const struct source_row *)vec_at(&s->sources, i))->status != SOURCE_DOWN)
			return true;
	return false;
}

static bool poll_one(const struct feed *feed, struct snapshot *all)
{
	struct snapshot part;
	bool something;

	snapshot_init(&part);
	feed->type->poll(feed->source, &part);
	something = has_something(&part);
	if (something || !feed->assumed)
		snapshot_merge(all, &part);
	snapshot_release(&part);
	return something;
}

bool feed_poll(const struct vec *feeds, struct snapshot *all)
{
	bool something = false;

	for (size_t t = 0; source_types[t]; t++)
		for (size_t i = 0; i < feeds->n; i++) {
			const struct feed *feed = vec_at(feeds, i);

			if (feed->type == source_types[t])
				something |= poll_one(feed, all);
		}
	return something;
}

bool feed_ended(const struct vec *feeds)
{
	for (size_t i = 0; i < feeds->n; i++) {
		const struct feed *feed = vec_at(feeds, i);

		if (!feed->type->ended || !feed->type->ended(feed->source))
			return false;
	}
	return true;
}

void feed_close(struct vec *feeds)
{
	for (size_t i = 0; i < feeds->n; i++) {
		const struct feed *feed = vec_at(feeds, i);

		feed->type->close(feed->source);
	}
	vec_release(feeds);
}
