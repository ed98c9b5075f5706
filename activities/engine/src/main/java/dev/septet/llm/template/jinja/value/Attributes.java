package dev.septet.llm.template.jinja.value;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Resolves attributes after a dot. Only the listed ones exist, so templates cannot reach Java objects. */
public final class Attributes {
    private static final Set<String> MUTATORS = Set.of(
            "append",
            "extend",
            "insert",
            "pop",
            "popitem",
            "remove",
            "clear",
            "sort",
            "reverse",
            "update",
            "setdefault");

    private Attributes() {}

    /** A method or attribute of a value; null if it does not exist. */
    public static @Nullable Object find(Object target, String name) {
        if (target instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (target instanceof String text) {
            StringMethods.Method method = StringMethods.named(name);
            if (method == null) {
                return null;
            }
            return (Invocable) (arguments, frame) -> {
                frame.work(text);
                return method.call(text, arguments, frame);
            };
        }
        if (target instanceof Map<?, ?> map) {
            Object method = mapMethod(map, name);
            return method == null && MUTATORS.contains(name) ? refuse(name) : method;
        }
        if (target instanceof List<?> list) {
            return MUTATORS.contains(name) ? refuse(name) : listMethod(list, name);
        }
        if (target instanceof Tuple tuple) {
            return listMethod(tuple.items(), name);
        }
        if (target instanceof Namespace namespace) {
            return namespace.attributes().get(name);
        }
        return target instanceof LoopVariable loop ? loop.attribute(name) : null;
    }

    private static Invocable refuse(String name) {
        return (arguments, frame) -> {
            throw new TemplateFault("\"" + name + "\" changes its list or mapping, which a template cannot do");
        };
    }

    private static @Nullable Invocable mapMethod(Map<?, ?> map, String name) {
        return switch (name) {
            case "items" -> (arguments, frame) -> pairs(map, frame);
            case "keys" -> (arguments, frame) -> new ArrayList<>(PythonValues.items(map, frame));
            case "values" ->
                (arguments, frame) -> {
                    frame.budget().steps(map.size());
                    return new ArrayList<Object>(map.values());
                };
            case "copy" -> (arguments, frame) -> map;
            case "get" ->
                (arguments, frame) -> {
                    Arguments.Bound bound = arguments.bind("get", "key", "default");
                    Object key = bound.required(0);
                    Object value = PythonValues.isKey(key) ? map.get(key) : null;
                    return value == null ? bound.get(1, NoneValue.NONE) : value;
                };
            default -> null;
        };
    }

    public static List<Object> pairs(Map<?, ?> map, Frame frame) {
        frame.budget().steps(map.size());
        List<Object> pairs = new ArrayList<>();
        map.forEach((key, value) -> pairs.add(Tuple.of(key, value)));
        return pairs;
    }

    private static @Nullable Invocable listMethod(List<?> list, String name) {
        return switch (name) {
            case "index" ->
                (arguments, frame) -> {
                    Object argument = arguments.bind("index", "value").required(0);
                    for (int i = 0; i < list.size(); i++) {
                        if (ComparisonOperators.equal(list.get(i), argument, frame.budget())) {
                            return (long) i;
                        }
                    }
                    throw new TemplateFault("index found no such item in the list");
                };
            case "count" ->
                (arguments, frame) -> {
                    Object argument = arguments.bind("count", "value").required(0);
                    return list.stream()
                            .filter(item -> ComparisonOperators.equal(item, argument, frame.budget()))
                            .count();
                };
            default -> null;
        };
    }
}
