package dev.septet.llm.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The source of a program, read from a resource file: Python-like methods with {@code ${name}} as
 * placeholders for a model's numbers.
 *
 * @param className name of the module's class in the script
 * @param text the methods, not indented, {@code self} without a type
 */
public record ScriptSource(String className, String text) {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(\\w+)}");
    private static final Pattern SELF = Pattern.compile("(?m)^(\\s*def \\w+\\(self)\\b");

    /** libtorch's codes of element types, for the placeholders {@code ${float32}} and so on. */
    private static final Map<String, String> TYPES = Map.of(
            "uint8", "0", "int32", "3", "int64", "4", "float32", "6", "float64", "7", "bool", "11", "bf16", "15");

    /**
     * Reads a resource in the package of {@code owner} and replaces its placeholders.
     *
     * @throws IllegalArgumentException when a placeholder has no value
     */
    public static ScriptSource read(Class<?> owner, String resource, String className, Map<String, String> values) {
        try (InputStream in = owner.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no script " + resource + " beside " + owner.getName());
            }
            String text = new String(in.readAllBytes(), UTF_8);
            return new ScriptSource(className, fill(resource, text, values));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** This class with the methods of another program appended. */
    public ScriptSource with(ScriptSource other) {
        return new ScriptSource(className, text + "\n" + other.text);
    }

    private static String fill(String resource, String text, Map<String, String> values) {
        return PLACEHOLDER.matcher(text).replaceAll(found -> {
            String name = found.group(1);
            String value = values.getOrDefault(name, TYPES.get(name));
            if (value == null) {
                throw new IllegalArgumentException(resource + " needs ${" + name + "}, which has no value");
            }
            return Matcher.quoteReplacement(value);
        });
    }

    /** The source that libtorch compiles: the methods inside a class, {@code self} with its type. */
    String module() {
        String methods = SELF.matcher(text).replaceAll("$1: __torch__." + className);
        return "class "
                + className
                + "(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n"
                + methods.indent(2);
    }
}
