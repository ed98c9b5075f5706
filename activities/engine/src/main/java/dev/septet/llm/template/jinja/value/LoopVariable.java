package dev.septet.llm.template.jinja.value;

import dev.septet.llm.template.jinja.tree.ForStatement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code loop} variable of a running loop. A call of it in a recursive loop runs the loop's
 * body over another value.
 */
public final class LoopVariable implements Invocable {
    private final ForStatement loop;
    private final List<Object> items;
    private final Frame frame;
    private final Output out;
    private final int depth;
    private int index;
    private @Nullable List<Object> lastChecked;

    public LoopVariable(ForStatement loop, List<Object> items, Frame frame, Output out, int depth) {
        this.loop = loop;
        this.items = items;
        this.frame = frame;
        this.out = out;
        this.depth = depth;
    }

    public void moveTo(int next) {
        index = next;
    }

    @Nullable
    Object attribute(String name) {
        long size = items.size();
        return switch (name) {
            case "index" -> index + 1L;
            case "index0" -> (long) index;
            case "revindex" -> size - index;
            case "revindex0" -> size - index - 1;
            case "first" -> index == 0;
            case "last" -> index == size - 1;
            case "length" -> size;
            case "depth" -> depth + 1L;
            case "depth0" -> (long) depth;
            case "previtem" -> item(index - 1, "there is no previous item");
            case "nextitem" -> item(index + 1, "there is no next item");
            case "cycle" -> (Invocable) this::cycle;
            case "changed" -> (Invocable) this::changed;
            default -> null;
        };
    }

    private Object item(int at, String missing) {
        return at < 0 || at >= items.size() ? new Undefined(missing) : items.get(at);
    }

    private Object cycle(Arguments given, Frame caller) {
        List<Object> values = given.positional();
        if (values.isEmpty()) {
            throw new TemplateFault("loop.cycle needs at least one value");
        }
        return values.get(index % values.size());
    }

    private Object changed(Arguments given, Frame caller) {
        List<Object> now = given.positional();
        boolean changed = lastChecked == null || !ComparisonOperators.equal(lastChecked, now, caller.budget());
        lastChecked = now;
        return changed;
    }

    @Override
    public Object call(Arguments given, Frame caller) {
        if (!loop.recursive()) {
            throw new TemplateFault("loop(...) can be called only in a loop marked \"recursive\"");
        }
        Output inner = out.captured();
        Object iterable = given.bind("loop", "iterable").required(0);
        loop.over(iterable, frame, inner, depth + 1);
        return inner.toString();
    }
}
