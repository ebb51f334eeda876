# A chart of bars as SVG: bars(file, title, count, names, values), values as they are labelled.
# Names that say shardlag are in colour.

function bars(file, title, count, names, values,    b, y, colour, longest, length_) {
    longest = 0
    for (b = 1; b <= count; b++) if (values[b] > longest) longest = values[b]
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"720\" height=\"%d\" " \
        "font-family=\"Noto Sans, Arial, sans-serif\" font-size=\"13\">\n<title>%s</title>\n" \
        "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n<text x=\"16\" y=\"24\" " \
        "font-weight=\"bold\">%s</text>\n", 48 + 24 * count, title, title > file
    for (b = 1; b <= count; b++) {
        y = 24 + 24 * b
        colour = names[b] ~ /shard/ ? "#0072b2" : "#bbbbbb"
        length_ = longest > 0 ? 440 * values[b] / longest : 0
        printf "<text x=\"190\" y=\"%d\" text-anchor=\"end\">%s</text><rect x=\"200\" y=\"%d\" " \
            "width=\"%.1f\" height=\"16\" fill=\"%s\"/><text x=\"%.1f\" y=\"%d\">%.1f</text>\n", \
            y + 13, names[b], y, length_, colour, 206 + length_, y + 13, values[b] > file
    }
    print "</svg>" > file
}
