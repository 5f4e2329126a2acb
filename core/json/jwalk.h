/*
 * jwalk: what the two walkers, jget and jfill, share.  Private to core/json.
 */
#ifndef HEADROOM_JSON_JWALK_H
#define HEADROOM_JSON_JWALK_H

#include "core/json/jget.h"

/* What a value is shows in its first byte. */
static inline enum jtype jwalk_type(const char *p, const char *end)
{
	static const unsigned char types[256] = {
		['"'] = J_STRING, ['{'] = J_OBJECT, ['['] = J_ARRAY,  ['t'] = J_TRUE,	['f'] = J_FALSE,
		['n'] = J_NULL,	  ['-'] = J_NUMBER, ['0'] = J_NUMBER, ['1'] = J_NUMBER, ['2'] = J_NUMBER,
		['3'] = J_NUMBER, ['4'] = J_NUMBER, ['5'] = J_NUMBER, ['6'] = J_NUMBER, ['7'] = J_NUMBER,
		['8'] = J_NUMBER, ['9'] = J_NUMBER,
	};

	return p < end ? (enum jtype)types[(unsigned char)*p] : J_NONE;
}

/* Puts the iterator before the value at p; white space there is not skipped, and false says that it is
 * none. */
bool jit_stand(struct jit *it, const char *p);

#endif
