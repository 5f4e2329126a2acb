/*
 * jscan_kernels: the kernels by name, for the table in jscan.c.
 */
#ifndef HEADROOM_JSON_JSCAN_KERNELS_H
#define HEADROOM_JSON_JSCAN_KERNELS_H

#include "core/json/jscan.h"

#ifdef __x86_64__
extern const struct jscan jscan_avx2, jscan_sse2;
#endif
extern const struct jscan jscan_swar;

#endif
