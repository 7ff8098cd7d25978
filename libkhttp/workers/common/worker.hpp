/* SPDX-License-Identifier: MIT */
/* What every stock worker does alike: options, serving, exit status. */
#pragma once

#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include <khttp/options.hpp>
#include <khttp/server.hpp>

namespace worker {

/* --queue, --url or --grant, --threads, --transport, --version. URL is served when
 * none of the first three is given; without it one of them has to be. */
void add_options(CLI::App &app, khttp::options &to, const std::string &url = {});

/*
 * Parse, then call RUN. The status: 0 done, 1 failed (the text is on stderr),
 * 2 the command line was wrong. Help and version go to stdout.
 */
int run(CLI::App &app, int argc, char **argv, const std::function<void()> &run);

/* As many open files as this process may have. */
void raise_file_limit();

/* Where its requests come from, in words. */
std::string source(const khttp::options &from);

/* Serve until a signal or a drain; says once that it is ready. */
void serve(khttp::server &server, const CLI::App &app, const std::string &what);

} // namespace worker
