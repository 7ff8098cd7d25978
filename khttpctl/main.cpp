/* SPDX-License-Identifier: MIT */
#include <iostream>

#include <unistd.h>

#include "cli.hpp"
#include "table.hpp"

int main(int argc, char **argv)
{
	return khttpctl::run(argc, argv, std::cout, std::cerr,
			     khttpctl::wants_colour(STDOUT_FILENO));
}
