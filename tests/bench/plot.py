# SPDX-License-Identifier: MIT
"""The ratios to nginx as horizontal bars, in SVG."""
from xml.sax.saxutils import escape

import table

WIDTH, BAR, GAP, LEFT, SCALE = 900, 16, 12, 300, 260
OURS, NGINX, OTHERS = "#1b6ca8", "#8a8a8a", "#c9c9c9"


def colour(server):
    if server.startswith("khttp"):
        return OURS
    return NGINX if server.startswith("nginx") else OTHERS


def text(x, y, words, more=""):
    return '<text x="%d" y="%d"%s>%s</text>' % (x, y, more, escape(words))


def bar(row, y):
    width = min(row.ratio * SCALE, WIDTH - LEFT - 150)
    return [
        text(LEFT - 8, y + BAR - 4, row.line.server, ' text-anchor="end"'),
        '<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>' %
        (LEFT, y, width, BAR - 2, colour(row.line.server)),
        text(LEFT + int(width) + 6, y + BAR - 4, "%.2f   %s" %
             (row.ratio, table.number(row.figure))),
    ]


def svg(lines, found):
    body, y, load = [], 40, None
    for row in table.rows(lines, found):
        if row.ratio is None:
            continue
        if row.line.load != load:
            load = row.line.load
            y += GAP
            body.append(text(8, y + BAR - 4, load, ' font-weight="bold"'))
        body += bar(row, y)
        y += BAR
    line = '<line x1="%d" y1="40" x2="%d" y2="%d" stroke="#000" stroke-dasharray="3"/>' % (
        LEFT + SCALE, LEFT + SCALE, y)
    head = ('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" '
            'font-family="sans-serif" font-size="12">' % (WIDTH, y + 20))
    title = text(8, 20, "Instructions for each request, client included; nginx = 1, less is better",
                 ' font-size="14"')
    return "\n".join([head, '<rect width="100%" height="100%" fill="#fff"/>', title, *body, line,
                      "</svg>"]) + "\n"
