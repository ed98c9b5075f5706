package dev.septet.activities.evaluate.report;

import java.math.BigDecimal;

/**
 * The rectangle of a chart between its axes, in the units of the view box.
 *
 * @param width of the whole element
 * @param height of the whole element
 * @param left margin at the left, with the labels of the vertical axis
 * @param right margin at the right
 * @param top margin above
 * @param bottom margin below, with the labels of the horizontal axis
 */
public record ChartFrame(int width, int height, int left, int right, int top, int bottom) {
    /** The horizontal coordinate of a value. */
    public double across(Axis x, double value) {
        return left + x.place(value) * (width - left - right);
    }

    /** The vertical coordinate of a value. */
    public double down(Axis y, double value) {
        return base() - y.place(value) * (height - top - bottom);
    }

    /** The vertical coordinate of the horizontal axis. */
    public int base() {
        return height - bottom;
    }

    /** The horizontal coordinate of the right end. */
    public int end() {
        return width - right;
    }

    /** Draws a line and a label at each tick of the vertical axis. */
    public void rows(SvgText svg, Axis y) {
        for (BigDecimal tick : y.ticks()) {
            double at = down(y, tick.doubleValue());
            svg.line(
                    "<path class=\"grid\" d=\"M%d %sH%d\"/><text x=\"%d\" y=\"%s\" text-anchor=\"end\">%s</text>",
                    left, SvgText.number(at), end(), left - 6, SvgText.number(at + 4), y.label(tick));
        }
    }

    /** Draws a mark and a label at each tick of the horizontal axis. */
    public void columns(SvgText svg, Axis x) {
        for (BigDecimal tick : x.ticks()) {
            String at = SvgText.number(across(x, tick.doubleValue()));
            svg.line(
                    "<path class=\"axis\" d=\"M%s %dv4\"/><text x=\"%s\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    at, base(), at, base() + 17, x.label(tick));
        }
    }

    /** Draws the horizontal axis. */
    public void axis(SvgText svg) {
        svg.line("<path class=\"axis\" d=\"M%d %dH%d\"/>", left, base(), end());
    }
}
