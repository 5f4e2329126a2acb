/*
 * proxy_bust: what it cost that cached prefixes were lost.  A proxy counts the tokens, and says in dollars what its
 * provider's discount and premium came to; the price per token follows from these.
 */
#include "tui/proxy_read.h"

/* "90%" or "none", as part of the input price. */
static double share_of(struct jval v)
{
	str text = v.type == J_STRING ? str_trim(v.raw) : STR("");
	double percent;

	if (str_eq_c(text, "none"))
		return 0;
	if (!str_ends_c(text, "%"))
		return UNKNOWN;
	percent = proxy_number((struct jval){ str_sub(text, 0, text.n - 1), J_STRING, false }, PROXY_WHOLE);
	return percent <= 100 ? percent / 100 : UNKNOWN;
}

/* USD per input token, by what the proxy says reading or writing made of it. */
static double implied_price(double usd, double tokens, double share)
{
	return usd > 0 && tokens > 0 && share > 0 ? usd / (tokens * share) : UNKNOWN;
}

/* What a token costs more when it is written to the provider's cache anew instead of being read from it. */
static double price_of(struct jval provider)
{
	double discount = share_of(jget(provider, "read_discount"));
	double premium = share_of(jget(provider, "write_premium"));
	double price = implied_price(proxy_number_at(provider, "savings_usd", PROXY_USD),
				     proxy_number_at(provider, "cache_read_tokens", PROXY_WHOLE), discount);

	if (!is_known(price))
		price = implied_price(proxy_number_at(provider, "write_premium_usd", PROXY_USD),
				      proxy_number_at(provider, "cache_write_tokens", PROXY_WHOLE), premium);
	return price * (discount + premium);
}

double proxy_bust_price(struct jval by_provider)
{
	double usd = 0, tokens = 0;
	struct jit it;

	jit_init(&it, by_provider);
	while (it.object && jit_next(&it)) {
		double busted = proxy_number_at(it.value, "bust_write_tokens", PROXY_WHOLE);

		if (!(busted > 0))
			continue;
		usd += busted * price_of(it.value);
		tokens += busted;
	}
	return tokens > 0 ? usd / tokens : UNKNOWN;
}
