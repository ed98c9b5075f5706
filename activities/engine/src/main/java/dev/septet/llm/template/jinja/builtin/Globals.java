package dev.septet.llm.template.jinja.builtin;

import dev.septet.llm.template.jinja.value.Arguments;
import dev.septet.llm.template.jinja.value.Frame;
import dev.septet.llm.template.jinja.value.Invocable;
import dev.septet.llm.template.jinja.value.Namespace;
import dev.septet.llm.template.jinja.value.PythonValues;
import dev.septet.llm.template.jinja.value.Range;
import dev.septet.llm.template.jinja.value.Scope;
import dev.septet.llm.template.jinja.value.TemplateFault;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Functions that every template can call. */
public final class Globals {
    private static final int MAX_REASON = 1000;

    private Globals() {}

    public static Scope scope(@Nullable Clock clock) {
        Scope scope = new Scope(null);
        scope.set("range", (Invocable) Globals::range);
        scope.set("dict", (Invocable) Globals::map);
        scope.set("namespace", (Invocable) Globals::namespace);
        scope.set("raise_exception", (Invocable) Globals::refuse);
        if (clock != null) {
            scope.set("strftime_now", (Invocable) (given, frame) -> now(given, clock));
        }
        return scope;
    }

    private static Object range(Arguments given, Frame frame) {
        Arguments.Bound bound = given.bind("range", "start", "stop", "step");
        long first = bound.integer(0, 0);
        bound.required(0);
        boolean single = given.positional().size() == 1;
        return new Range(single ? 0 : first, single ? first : bound.integer(1, 0), bound.integer(2, 1));
    }

    private static Map<Object, Object> map(Arguments given, Frame frame) {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (Object start : given.positional()) {
            if (!(start instanceof Map<?, ?> other)) {
                throw new TemplateFault("dict expects a mapping, got " + PythonValues.typeName(start));
            }
            frame.budget().steps(other.size());
            map.putAll(other);
        }
        map.putAll(given.named());
        return map;
    }

    private static Namespace namespace(Arguments given, Frame frame) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        map(given, frame).forEach((name, value) -> attributes.put(PythonValues.text(name), value));
        return new Namespace(attributes);
    }

    private static Object refuse(Arguments given, Frame frame) {
        List<Object> words = given.positional();
        throw new TemplateFault("the template refuses these messages: "
                + (words.isEmpty() ? "it gives no reason" : shortened(PythonValues.text(words.get(0)))));
    }

    /** Limits the length of a reason, because a template could pass megabytes. */
    private static String shortened(String reason) {
        return reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON) + "...";
    }

    private static String now(Arguments given, Clock clock) {
        String format = given.bind("strftime_now", "format").text(0);
        return DateText.format(ZonedDateTime.now(clock), format);
    }
}
