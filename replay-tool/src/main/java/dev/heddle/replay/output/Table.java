package dev.heddle.replay.output;

import dev.heddle.process.VisibleText;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * A text table whose columns are as wide as their widest cell, two spaces apart; numbers are right-aligned. For one
 * thread.
 */
public final class Table {
    private final List<String> heads;
    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... heads) {
        this.heads = List.of(heads);
    }

    /** Adds a row; control characters in cells are printed as escapes, so that they do not control the terminal. */
    public void row(Object... cells) {
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(VisibleText.of(String.valueOf(cell)));
        }
        rows.add(row);
    }

    /** Prints the heads and the rows. */
    public void print(PrintStream out) {
        int[] widths = new int[heads.size()];
        boolean[] right = new boolean[heads.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = width(heads.get(column));
            right[column] = true;
            for (List<String> row : rows) {
                widths[column] = Math.max(widths[column], width(row.get(column)));
                right[column] &= row.get(column).matches("[-\\d.,]+( [a-zA-Z]{1,3})?");
            }
        }
        out.println(line(heads, widths, right));
        rows.forEach(row -> out.println(line(row, widths, right)));
    }

    private static String line(List<String> cells, int[] widths, boolean[] right) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String pad = " ".repeat(widths[column] - width(cells.get(column)));
            line.append(right[column] ? pad + cells.get(column) : cells.get(column) + pad)
                    .append("  ");
        }
        return line.toString().stripTrailing();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
