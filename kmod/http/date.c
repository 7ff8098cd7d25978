// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/date.h"

#include <linux/minmax.h>
#include <linux/string.h>

#define DAYS_TO_1970	719528u		/* from the first day of year 0 */
#define DAYS_IN_400	146097u
#define DAY_SECONDS	86400u

static const char month_names[12][3] = {
	{ 'J', 'a', 'n' }, { 'F', 'e', 'b' }, { 'M', 'a', 'r' },
	{ 'A', 'p', 'r' }, { 'M', 'a', 'y' }, { 'J', 'u', 'n' },
	{ 'J', 'u', 'l' }, { 'A', 'u', 'g' }, { 'S', 'e', 'p' },
	{ 'O', 'c', 't' }, { 'N', 'o', 'v' }, { 'D', 'e', 'c' },
};

/* RFC 850 writes them out, the other formats take three letters. */
static const char *const day_names[7] = {
	"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
	"Saturday",
};

static const u16 days_before_month[13] = {
	0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365,
};

struct date {
	u32 year;
	u32 month;	/* 0 is January */
	u32 day;	/* from 1 */
	u32 weekday;	/* 0 is Sunday */
	u32 hour;
	u32 minute;
	u32 second;
};

static bool is_leap(u32 year)
{
	return !(year % 4) && (year % 100 || !(year % 400));
}

/* Days from the first day of year 0, which is a leap year. */
static u32 days_before_year(u32 year)
{
	return year * 365 + (year + 3) / 4 - (year + 99) / 100 +
	       (year + 399) / 400;
}

/* Days in front of a month; 12 is the end of the year. */
static u32 days_before(u32 year, u32 month)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.*): read_month() gave it: below 12 */
	return days_before_month[month] + (month > 1 && is_leap(year));
}

static void set_day(struct date *date, u32 days)
{
	u32 total = days + DAYS_TO_1970;
	u32 rest;

	/* The average year finds it, or its neighbour. */
	date->year = total * 400 / DAYS_IN_400;
	if (days_before_year(date->year) > total)
		date->year--;
	else if (days_before_year(date->year + 1) <= total)
		date->year++;
	rest = total - days_before_year(date->year);
	date->month = rest / 32;
	if (days_before(date->year, date->month + 1) <= rest)
		date->month++;
	date->day = rest - days_before(date->year, date->month) + 1;
	date->weekday = (days + 4) % 7;
}

static char *put_two(char *out, u32 number)
{
	*out++ = (char)('0' + number / 10);
	*out++ = (char)('0' + number % 10);
	return out;
}

static char *put_text(char *out, const char *text, u32 len)
{
	memcpy(out, text, len);
	return out + len;
}

void khttp_date_print(u64 seconds, char out[KHTTP_DATE_LEN])
{
	u64 bounded = min_t(u64, seconds, KHTTP_DATE_MAX);
	/* 86400 is 675 * 128: no 64-bit division on 32-bit kernels. */
	u32 days = (u32)(bounded >> 7) / 675;
	u32 rest = (u32)(bounded - (u64)days * DAY_SECONDS);
	struct date date;

	set_day(&date, days);
	out = put_text(out, day_names[date.weekday], 3);
	out = put_text(out, ", ", 2);
	out = put_two(out, date.day);
	out = put_text(out, " ", 1);
	out = put_text(out, month_names[date.month], 3);
	out = put_text(out, " ", 1);
	out = put_two(out, date.year / 100);
	out = put_two(out, date.year % 100);
	out = put_text(out, " ", 1);
	out = put_two(out, rest / 3600);
	out = put_text(out, ":", 1);
	out = put_two(out, rest / 60 % 60);
	out = put_text(out, ":", 1);
	out = put_two(out, rest % 60);
	put_text(out, " GMT", 4);
}

struct reader {
	const char *at;
	const char *end;
};

static bool read_text(struct reader *r, const char *text, u32 len)
{
	if ((size_t)(r->end - r->at) < len || memcmp(r->at, text, len))
		return false;
	r->at += len;
	return true;
}

static bool read_char(struct reader *r, char c)
{
	return read_text(r, &c, 1);
}

static bool read_digits(struct reader *r, u32 n, u32 *number)
{
	*number = 0;
	if ((size_t)(r->end - r->at) < n)
		return false;
	for (; n; n--, r->at++) {
		if (*r->at < '0' || *r->at > '9')
			return false;
		*number = *number * 10 + (u32)(*r->at - '0');
	}
	return true;
}

static bool read_month(struct reader *r, u32 *month)
{
	for (*month = 0; *month < 12; (*month)++)
		if (read_text(r, month_names[*month], 3))
			return true;
	return false;
}

static bool read_time(struct reader *r, struct date *date)
{
	return read_digits(r, 2, &date->hour) && read_char(r, ':') &&
	       read_digits(r, 2, &date->minute) && read_char(r, ':') &&
	       read_digits(r, 2, &date->second);
}

/* "06 Nov 1994 08:49:37 GMT" */
static bool read_imf(struct reader *r, struct date *date)
{
	return read_digits(r, 2, &date->day) && read_char(r, ' ') &&
	       read_month(r, &date->month) && read_char(r, ' ') &&
	       read_digits(r, 4, &date->year) && read_char(r, ' ') &&
	       read_time(r, date) && read_text(r, " GMT", 4);
}

/* "06-Nov-94 08:49:37 GMT" */
static bool read_rfc850(struct reader *r, struct date *date)
{
	return read_digits(r, 2, &date->day) && read_char(r, '-') &&
	       read_month(r, &date->month) && read_char(r, '-') &&
	       read_digits(r, 2, &date->year) && read_char(r, ' ') &&
	       read_time(r, date) && read_text(r, " GMT", 4);
}

/* "Nov  6 08:49:37 1994" */
static bool read_asctime(struct reader *r, struct date *date)
{
	if (!read_month(r, &date->month) || !read_char(r, ' '))
		return false;
	if (!(read_char(r, ' ') ? read_digits(r, 1, &date->day) :
				  read_digits(r, 2, &date->day)))
		return false;
	return read_char(r, ' ') && read_time(r, date) && read_char(r, ' ') &&
	       read_digits(r, 4, &date->year);
}

/* RFC 9110 section 5.6.7: more than 50 years ahead means the past. */
static u32 whole_year(u32 two_digits, u64 now)
{
	struct date today;
	u32 year;

	set_day(&today, (u32)(min_t(u64, now, KHTTP_DATE_MAX) >> 7) / 675);
	year = today.year - today.year % 100 + two_digits;
	if (year > today.year + 50)
		return year - 100;
	/* Just behind the turn of a century, "99" is the last year of it. */
	return year + 50 < today.year ? year + 100 : year;
}

/* The whole date; its first three letters are those of @weekday. */
static bool read_rest(struct reader *r, u32 weekday, u64 now, struct date *date)
{
	const char *name = day_names[weekday];
	u32 len = (u32)strlen(name);
	bool ok;

	if (read_text(r, name, len)) {
		ok = read_text(r, ", ", 2) && read_rfc850(r, date);
		date->year = whole_year(date->year, now);
		return ok && r->at == r->end;
	}
	r->at += 3;
	if (read_text(r, ", ", 2))
		ok = read_imf(r, date);
	else
		ok = read_char(r, ' ') && read_asctime(r, date);
	return ok && r->at == r->end;
}

/* 60 is a leap second. */
static bool is_real(const struct date *date)
{
	return date->day && date->hour < 24 && date->minute < 60 &&
	       date->second <= 60 &&
	       date->day <= days_before(date->year, date->month + 1) -
			    days_before(date->year, date->month);
}

bool khttp_date_parse(const char *text, u32 len, u64 now, u64 *seconds)
{
	struct reader r = { text, text + len };
	struct date date = { 0 };
	u32 weekday;
	u32 days;

	for (weekday = 0; weekday < 7; weekday++)
		if (len > 3 && !memcmp(text, day_names[weekday], 3))
			break;
	if (weekday == 7)
		return false;
	if (!read_rest(&r, weekday, now, &date) || !is_real(&date))
		return false;
	days = days_before_year(date.year) +
	       days_before(date.year, date.month) + date.day - 1;
	/* Day 0 of year 0 is a Saturday. */
	if ((days + 6) % 7 != weekday)
		return false;
	*seconds = 0;
	if (days >= DAYS_TO_1970)
		*seconds = (u64)(days - DAYS_TO_1970) * DAY_SECONDS +
			   date.hour * 3600ULL + date.minute * 60ULL +
			   date.second;
	return true;
}
