/*
 * router: which texts of a request may be compressed, and by what.  The rules are asked in the order of enum route, and
 * the first that applies names the reason.
 */
#ifndef HEADROOM_COMPRESS_ROUTER_H
#define HEADROOM_COMPRESS_ROUTER_H

#include "core/compress/detect.h"
#include "core/compress/run.h"

enum route {
	ROUTE_OPEN, /* no rule applies: to be compressed */
	ROUTE_FROZEN, /* in the prefix the provider has cached */
	ROUTE_KIND, /* neither result nor whole text of a message */
	ROUTE_SYSTEM,
	ROUTE_EXCLUDED, /* result of a tool that is to be left alone */
	ROUTE_PROFILE, /* the request says so */
	ROUTE_USER,
	ROUTE_SMALL,
	ROUTE_INEXACT, /* could not be given back */
	ROUTE_PINNED, /* carries a marker already, or answers headroom_retrieve */
	ROUTE_RECENT_CODE,
	ROUTE_ANALYSIS, /* code, and the user asks about it */
	ROUTE_OFF, /* no compressor for its content, or switched off */
	ROUTE_COMPACT, /* nothing to gain, or too little */
	ROUTE_COUNT
};
extern const char *const route_labels[ROUTE_COUNT]; /* "router:protected:user_message"; NULL: none is shown */

/* Those rules that need no look into the text beyond its size. */
enum route router_rule(const struct run *run, size_t slot);
/* Those that do; fills d. */
enum route router_content_rule(const struct run *run, size_t slot, struct detected *d);
double router_bias(str tool);
/* What an original is to the store: "json_array", "json", "lines", "text", "code". */
const char *router_kind(enum content content, str text);

/* One text through a compressor: the original and what is left of it. */
struct squeezing {
	size_t slot;
	enum route route;
	bool forced; /* though its tool is excluded */
	const struct compressor *by;
	str shorter;
	size_t tokens;
	struct squeezed units;
	char hash[MARKER_HASH + 1];
	bool drops; /* shorter names the hash */
	const char *kind; /* of the original, for the store */
	size_t same; /* index of an earlier one with the same text and treatment, or its own */
	double ms;
};
/* Compresses n texts, in parallel, and takes what is stored and short enough.  Labels begin with `label`. */
void router_squeeze(struct run *run, struct squeezing *list, size_t n, const char *label);

#endif
