package dev.heddle.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * A plot as an SVG element: latency in ms on a logarithmic vertical axis. The horizontal axis is either percentiles,
 * with equal room for each further nine, or seconds.
 */
final class Plot {
    private static final int WIDTH = 860;
    private static final int HEIGHT = 320;
    private static final int LEFT = 60;
    private static final int BOTTOM = 30;
    private static final int RIGHT = 190;
    private static final int TOP = 12;
    private static final double NINES = 4;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final List<String> COLOURS =
            List.of("#1f6feb", "#d1242f", "#1a7f37", "#9a6700", "#8250df", "#57606a", "#bf3989", "#0a7c86");

    private final List<Line> lines;
    private final double widest;
    private final double lowest;
    private final double highest;

    /** One line of the plot, with growing {@code x}. */
    private record Line(String name, List<Point> points) {}

    /** One point of a line; {@code y} is in ms, above 0. */
    private record Point(double x, double y) {}

    private Plot(List<Line> lines, double widest) {
        this.lines = lines;
        this.widest = widest;
        double[] all = lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(Point::y)
                .toArray();
        double least = java.util.Arrays.stream(all).min().orElse(0.1);
        double most = java.util.Arrays.stream(all).max().orElse(10);
        this.lowest = Math.pow(10, Math.floor(Math.log10(least)));
        this.highest = Math.max(lowest * 10, Math.pow(10, Math.ceil(Math.log10(most))));
    }

    /** A plot of each curve's percentiles. */
    static String ofPercentiles(List<Curve> curves) {
        List<Line> lines = new ArrayList<>();
        for (Curve curve : curves) {
            List<Point> points = new ArrayList<>();
            for (double nines = 0; nines <= NINES; nines += 0.05) {
                double percentile = 100 * (1 - Math.pow(10, -nines));
                points.add(new Point(nines, Math.max(0.001, curve.millis(percentile))));
            }
            lines.add(new Line(curve.name(), points));
        }
        Plot plot = new Plot(lines, NINES);
        List<Point> marks = new ArrayList<>();
        for (double percentile : new double[] {0, 50, 90, 99, 99.9, 99.99}) {
            marks.add(new Point(-Math.log10(1 - percentile / 100), percentile));
        }
        return plot.svg(marks, "%");
    }

    /** A plot of each curve's median and 99th percentile, second by second. */
    static String ofSeconds(List<Curve> curves) {
        List<Line> lines = new ArrayList<>();
        double widest = 1;
        for (Curve curve : curves) {
            for (double percentile : new double[] {50, 99}) {
                List<Point> points = new ArrayList<>();
                for (int second = 0; second < curve.seconds().size(); second++) {
                    Histogram nanos = curve.seconds().get(second);
                    if (nanos.getTotalCount() > 0) {
                        points.add(new Point(
                                second, Math.max(0.001, nanos.getValueAtPercentile(percentile) / NANOS_PER_MILLI)));
                    }
                }
                widest = Math.max(widest, curve.seconds().size() - 1.0);
                lines.add(new Line("p" + (int) percentile + " " + curve.name(), points));
            }
        }
        List<Point> marks = new ArrayList<>();
        double step = Math.max(1, Math.ceil(widest / 10));
        for (double second = 0; second <= widest; second += step) {
            marks.add(new Point(second, second));
        }
        return new Plot(lines, widest).svg(marks, " s");
    }

    private double across(double x) {
        return LEFT + x / widest * (WIDTH - LEFT - RIGHT);
    }

    private double up(double y) {
        double share = Math.log10(y / lowest) / Math.log10(highest / lowest);
        return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP);
    }

    private String svg(List<Point> marks, String unit) {
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT, "<svg viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\">%n", WIDTH, HEIGHT, WIDTH));
        for (double y = lowest; y <= highest * 1.001; y *= 10) {
            rule(svg, new Point(LEFT, up(y)), new Point(WIDTH - RIGHT, up(y)));
            text(svg, new Point(4, up(y) + 4), TextReport.number(y) + " ms");
        }
        for (Point mark : marks) {
            rule(svg, new Point(across(mark.x()), TOP), new Point(across(mark.x()), HEIGHT - BOTTOM));
            text(svg, new Point(across(mark.x()) - 12, HEIGHT - 10), plain(mark.y()) + unit);
        }
        for (int i = 0; i < lines.size(); i++) {
            line(svg, lines.get(i), COLOURS.get(i % COLOURS.size()));
            text(
                    svg,
                    new Point(WIDTH - RIGHT + 24, TOP + 14 + i * 18),
                    lines.get(i).name());
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%d\" y=\"%d\" width=\"12\" height=\"4\" fill=\"%s\"/>%n",
                    WIDTH - RIGHT + 8,
                    TOP + 8 + i * 18,
                    COLOURS.get(i % COLOURS.size())));
        }
        return svg.append("</svg>\n").toString();
    }

    private void line(StringBuilder svg, Line line, String colour) {
        svg.append("<polyline fill=\"none\" stroke-width=\"1.6\" stroke=\"")
                .append(colour)
                .append("\" points=\"");
        for (Point point : line.points()) {
            svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", across(point.x()), up(point.y())));
        }
        svg.append("\"/>\n");
    }

    private static void rule(StringBuilder svg, Point from, Point to) {
        svg.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#8884\"/>%n",
                from.x(),
                from.y(),
                to.x(),
                to.y()));
    }

    private static void text(StringBuilder svg, Point at, String text) {
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\">%s</text>%n", at.x(), at.y(), Html.escaped(text)));
    }

    private static String plain(double number) {
        return String.valueOf(number).replaceAll("\\.0$", "");
    }
}
