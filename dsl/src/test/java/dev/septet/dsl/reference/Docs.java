package dev.septet.dsl.reference;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The Javadoc of sources: what the reference prints is what stands beside the code. */
final class Docs {
    private static final Pattern COMMENT = Pattern.compile("/\\*\\*(.*?)\\*/\\s*", Pattern.DOTALL);
    private static final Pattern ANNOTATION = Pattern.compile(
            "@(?!interface)\\w+(\\.\\w+)*(\\s*\\((?:[^()\"]|\"(?:\\\\.|[^\"\\\\])*\"|\\([^()]*\\))*\\))?\\s*");
    private static final Pattern TYPE = Pattern.compile(
            "(?:(?:public|final|abstract|static|sealed)\\s+)*(?:class|record|enum|@?interface)\\s+(\\w+)");
    private static final Pattern METHOD = Pattern.compile("[\\w<>?@.,\\[\\]\\s]*?\\s(\\w+)\\(");
    private static final Pattern CONSTANT = Pattern.compile("([A-Z][A-Z0-9_]*)\\b");

    private final Map<String, String> texts = new HashMap<>();

    /** Reads the sources of these folders and their sub-folders. */
    Docs(List<Path> folders) {
        for (Path folder : folders) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted().toList()) {
                    if (file.toString().endsWith(".java")) {
                        read(Files.readString(file));
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A type's first paragraph. */
    String type(Class<?> type) {
        return text(type.getSimpleName());
    }

    /** What a method's comment says. */
    String method(Class<?> owner, String name) {
        return text(owner.getSimpleName() + "#" + name);
    }

    /** What an enum constant's comment says; empty when it has none. */
    String constant(Enum<?> constant) {
        return texts.getOrDefault(constant.getDeclaringClass().getSimpleName() + "." + constant.name(), "");
    }

    /** What a record's comment says of a component; empty when it says nothing. */
    String component(Class<?> type, String name) {
        return texts.getOrDefault(type.getSimpleName() + "@" + name, "");
    }

    private String text(String key) {
        String text = texts.get(key);
        if (text == null) {
            throw new IllegalStateException("no Javadoc for " + key);
        }
        return text;
    }

    private void read(String source) {
        String type = "";
        Matcher comment = COMMENT.matcher(source);
        while (comment.find()) {
            String rest = withoutAnnotations(source.substring(comment.end()));
            Matcher declared = TYPE.matcher(rest);
            Matcher method = METHOD.matcher(rest);
            Matcher constant = CONSTANT.matcher(rest);
            if (declared.lookingAt()) {
                type = declared.group(1);
                texts.putIfAbsent(type, plain(comment.group(1)));
                components(type, comment.group(1));
            } else if (constant.lookingAt()) {
                texts.putIfAbsent(type + "." + constant.group(1), plain(comment.group(1)));
            } else if (method.lookingAt()) {
                texts.putIfAbsent(type + "#" + method.group(1), plain(comment.group(1)));
            }
        }
    }

    private void components(String type, String comment) {
        Matcher tag = Pattern.compile("@param (\\w+)(.*?)(?=@param|@see|$)", Pattern.DOTALL)
                .matcher(comment.replaceAll("\\n\\s*\\*", "\n"));
        while (tag.find()) {
            texts.putIfAbsent(type + "@" + tag.group(1), plain(tag.group(2)));
        }
    }

    private static String withoutAnnotations(String text) {
        String rest = text;
        Matcher annotation = ANNOTATION.matcher(rest);
        while (annotation.lookingAt()) {
            rest = rest.substring(annotation.end());
            annotation = ANNOTATION.matcher(rest);
        }
        return rest;
    }

    private static String plain(String comment) {
        String text = comment.replaceAll("\\n\\s*\\*", "\n");
        int tags = text.replaceAll("(?s)\\n\\s*@.*", "").length();
        return text.substring(0, tags)
                .replaceAll("\\s+", " ")
                .replaceAll("\\{@code ((?:[^{}]|\\{(?:[^{}]|\\{[^{}]*})*})*)}", "`$1`")
                .replaceAll("\\{@link (?:[\\w.]*[.#])?(\\w+)(?:\\([^)]*\\))?}", "`$1`")
                .replaceAll("</?p>", "")
                .strip();
    }
}
