package dev.septet.llm.template.jinja.value;

import java.util.ArrayList;
import java.util.List;

/** Integers from start to stop (exclusive). */
public record Range(long start, long stop, long step) {
    /** jinja2's own limit in its sandbox. */
    public static final int MAX_ITEMS = 100_000;

    public Range {
        if (step == 0) {
            throw new TemplateFault("range needs a step other than 0");
        }
        if (count(start, stop, step) > MAX_ITEMS) {
            throw new TemplateFault("range has more than " + MAX_ITEMS + " items");
        }
    }

    public int size() {
        return (int) count(start, stop, step);
    }

    List<Object> items() {
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < size(); i++) {
            items.add(start + i * step);
        }
        return items;
    }

    private static double count(long start, long stop, long step) {
        return Math.max(0, Math.ceil(((double) stop - start) / step));
    }
}
