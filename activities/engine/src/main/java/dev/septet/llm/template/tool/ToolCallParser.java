package dev.septet.llm.template.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.llm.format.StrictJson;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the calls of tools in an answer that arrives in pieces. Text before the first call is
 * content, and so is text in which no call is found. Text between and after calls is dropped.
 */
public final class ToolCallParser {
    /** Longest beginning of a call that is waited for: the name, and what is before it. */
    private static final int LONGEST_HEAD = 1_024;

    /** Receives what is found. */
    public interface Listener {
        /** The next piece of the content. */
        void content(String piece);

        /** A call begins. */
        void call(String name);

        /** The next piece of the arguments of the last call: JSON. */
        void arguments(String piece);
    }

    private enum Phase {
        CONTENT,
        HEAD,
        ARGUMENTS,
        AFTER
    }

    private final ToolCallFormat format;
    private final String trigger;
    private final Pattern head;
    private final Listener listener;
    private final StringBuilder text = new StringBuilder();
    private Phase phase = Phase.CONTENT;
    private boolean found;
    private int depth;
    private boolean quoted;
    private boolean escaped;

    public ToolCallParser(ToolCallFormat format, Listener listener) {
        this.format = format;
        this.trigger = format.trigger();
        this.listener = listener;
        String nameKey = format.nameKey();
        this.head = Pattern.compile(
                nameKey == null
                        ? "\\s*([A-Za-z0-9_.-]{1,128})\\s*"
                                + Pattern.quote(format.middle().strip()) + "\\s*(?=\\{)"
                        : "\\{\\s*\"" + Pattern.quote(nameKey) + "\"\\s*:\\s*(\"(?:[^\"\\\\]|\\\\.)*+\")\\s*,\\s*\""
                                + Pattern.quote(format.argumentsKey()) + "\"\\s*:\\s*(?=\\{)");
    }

    /** Adds the next piece of the answer. */
    public void add(String piece) {
        text.append(piece);
        boolean more = true;
        while (more) {
            more = switch (phase) {
                case CONTENT -> content();
                case HEAD -> head();
                case ARGUMENTS -> arguments();
                case AFTER -> after();
            };
        }
    }

    /** Ends the answer: text that waited for a call is content. */
    public void finish() {
        if (phase == Phase.CONTENT || (phase == Phase.HEAD && !found)) {
            release(text.length());
        }
    }

    private boolean content() {
        if (trigger.isEmpty()) {
            String begun = text.toString().stripLeading();
            if (begun.isEmpty()) {
                return false;
            }
            if (begun.startsWith("{")) {
                phase = Phase.HEAD;
                return true;
            }
            release(text.length());
            return false;
        }
        int at = text.indexOf(trigger);
        if (at >= 0) {
            release(at);
            phase = Phase.HEAD;
            return true;
        }
        int held = Math.min(text.length(), trigger.length() - 1);
        while (held > 0 && !trigger.startsWith(text.substring(text.length() - held))) {
            held--;
        }
        release(text.length() - held);
        return false;
    }

    private boolean head() {
        int from = 0;
        if (!found && !trigger.isEmpty()) {
            String opening = format.opening().strip();
            from = text.length() >= opening.length() && text.indexOf(opening) == 0
                    ? opening.length()
                    : trigger.length();
        }
        Matcher matcher = head.matcher(text);
        // What is before a JSON object has no brace; a name without quotes follows the opening at once.
        boolean matches;
        if (format.nameKey() == null) {
            matches = matcher.region(from, text.length()).lookingAt();
        } else {
            int brace = text.indexOf("{", from);
            matches = brace >= 0 && matcher.region(brace, text.length()).lookingAt();
        }
        if (matches) {
            listener.call(name(matcher.group(1)));
            text.delete(0, matcher.end());
            phase = Phase.ARGUMENTS;
            found = true;
            return true;
        }
        if (text.length() > LONGEST_HEAD && !found) {
            release(text.length());
            phase = Phase.CONTENT;
        }
        return false;
    }

    private static String name(String written) {
        if (!written.startsWith("\"")) {
            return written;
        }
        try {
            return StrictJson.MAPPER.readTree(written).asText();
        } catch (JsonProcessingException e) {
            return written.substring(1, written.length() - 1);
        }
    }

    private boolean arguments() {
        int end = 0;
        boolean complete = false;
        while (end < text.length() && !complete) {
            char next = text.charAt(end++);
            if (escaped) {
                escaped = false;
            } else if (quoted) {
                escaped = next == '\\';
                quoted = next != '"';
            } else if (next == '"') {
                quoted = true;
            } else if (next == '{' || next == '[') {
                depth++;
            } else if (next == '}' || next == ']') {
                complete = --depth == 0;
            }
        }
        if (end > 0) {
            listener.arguments(text.substring(0, end));
            text.delete(0, end);
        }
        if (complete) {
            phase = Phase.AFTER;
        }
        return complete;
    }

    /** Drops the end of a call, up to the next one. */
    private boolean after() {
        String between = format.between();
        if (between == null) {
            text.setLength(0);
            return false;
        }
        if (format.nameKey() != null) {
            int next = text.indexOf("{");
            if (next < 0) {
                text.setLength(0);
                return false;
            }
            text.delete(0, next);
        } else {
            int at = text.indexOf(between.strip());
            if (at < 0) {
                return false;
            }
            text.delete(0, at + between.strip().length());
        }
        phase = Phase.HEAD;
        return true;
    }

    private void release(int length) {
        if (length > 0) {
            listener.content(text.substring(0, length));
            text.delete(0, length);
        }
    }

    /** Whether a call began. */
    public boolean found() {
        return found;
    }
}
