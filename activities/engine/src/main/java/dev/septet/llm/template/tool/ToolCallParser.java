package dev.septet.llm.template.tool;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads the calls of tools in an answer that arrives in pieces. The result does not depend on where
 * the pieces end. A call begins with the format's first mark, or, where it has none, at the
 * beginning of the answer. Only declared functions are calls. All other text is content.
 */
public final class ToolCallParser {
    /** White space where models may write it. */
    private static final String SPACE = "\\s{0,64}";

    /** White space where constrained calls have it: one space, or a new line with an indent. */
    private static final String NARROW = "(?: |\\n {0,16})?";

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
        AFTER,
        REST
    }

    private final String trigger;
    private final Collection<String> marks;
    private final Pattern first;

    /** The end of a call and the beginning of the next one. */
    private final Pattern next;

    /** The end of the last call. */
    private final Pattern end;

    private final Listener listener;
    private final StringBuilder text = new StringBuilder();

    /** Offsets in the answer at which control tokens begin. */
    private final TreeSet<Long> marked = new TreeSet<>();

    /** Offset of {@link #text} in the answer. */
    private long offset;

    private Phase phase = Phase.CONTENT;
    private final boolean several;
    private int depth;
    private boolean quoted;
    private boolean escaped;

    /**
     * @param names the functions that may be called
     * @param marks texts of control tokens; the same texts in ordinary tokens begin no call
     */
    public ToolCallParser(
            ToolCallFormat format, Collection<String> names, Collection<String> marks, Listener listener) {
        this.trigger = format.trigger();
        this.marks = marks;
        this.listener = listener;
        String declared = names.stream()
                .sorted(Comparator.comparing(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|", "(", ")"));
        String key = format.nameKey();
        String head = key == null
                ? declared + spaced(format.middle()) + "(?=\\{)"
                : "\\{" + NARROW + "\"" + Pattern.quote(key) + "\": ?\"" + declared + "\"," + NARROW + "\""
                        + Pattern.quote(format.argumentsKey()) + "\": ?(?=\\{)";
        String tail = key == null ? "" : "(?:," + NARROW + "\"id\": ?\"[a-zA-Z0-9]{9}\")?" + NARROW + "\\}";
        String between = format.between();
        this.several = between != null;
        this.first = Pattern.compile(spaced(format.opening()) + head);
        this.next = Pattern.compile(tail + spaced(between == null ? "" : between) + head);
        this.end = Pattern.compile(tail + spaced(format.closing()));
    }

    /** A pattern of a text in which white space may differ. */
    private static String spaced(String text) {
        return Arrays.stream(text.strip().split("\\s+"))
                .filter(word -> !word.isEmpty())
                .map(Pattern::quote)
                .collect(Collectors.joining(SPACE, SPACE, text.isBlank() ? "" : SPACE));
    }

    /**
     * A control token is a part of the answer; called before its text is added.
     *
     * @param at offset of its text in the answer
     */
    public void mark(long at) {
        marked.add(at);
    }

    /** Adds the next piece of the answer. */
    public void add(String piece) {
        text.append(piece);
        read();
    }

    private void read() {
        boolean more = true;
        while (more) {
            more = switch (phase) {
                case CONTENT -> content();
                case HEAD -> head();
                case ARGUMENTS -> arguments();
                case AFTER -> after();
                case REST -> release(text.length());
            };
        }
    }

    /** Ends the answer: text that waited for a call is content. */
    public void finish() {
        if (phase == Phase.AFTER) {
            Matcher following = next.matcher(text);
            Matcher last = end.matcher(text);
            boolean cut = several && !following.lookingAt() && following.hitEnd();
            if (cut) {
                drop(text.length()); // the next call, cut at its beginning
            } else if (last.lookingAt()) {
                drop(last.end());
            } else if (last.hitEnd()) {
                drop(text.length()); // the end of a call, cut
            }
        }
        var unused = release(text.length());
    }

    private boolean content() {
        if (trigger.isEmpty()) {
            phase = Phase.HEAD;
            return true;
        }
        for (int at = text.indexOf(trigger); at >= 0; at = text.indexOf(trigger, at + 1)) {
            if (isMarked(at)) {
                var unused = release(at);
                phase = Phase.HEAD;
                return true;
            }
        }
        int held = Math.min(text.length(), trigger.length() - 1);
        while (held > 0 && !trigger.startsWith(text.substring(text.length() - held))) {
            held--;
        }
        return release(text.length() - held);
    }

    /** Whether the control tokens of a trigger are control tokens here. */
    private boolean isMarked(int at) {
        int from = 0;
        while (from < trigger.length()) {
            int longest = 0;
            for (String mark : marks) {
                longest = trigger.startsWith(mark, from) ? Math.max(longest, mark.length()) : longest;
            }
            if (longest > 0 && !marked.contains(offset + at + from)) {
                return false;
            }
            from += Math.max(1, longest);
        }
        return true;
    }

    private boolean head() {
        Matcher matcher = first.matcher(text);
        if (matcher.lookingAt()) {
            return begin(matcher);
        }
        if (text.length() == 0 || matcher.hitEnd()) {
            return false;
        }
        if (trigger.isEmpty()) {
            phase = Phase.REST;
            return true;
        }
        phase = Phase.CONTENT;
        var unused = release(1);
        return true;
    }

    private boolean begin(Matcher matcher) {
        listener.call(matcher.group(1));
        drop(matcher.end());
        phase = Phase.ARGUMENTS;
        return true;
    }

    private boolean arguments() {
        int at = 0;
        boolean complete = false;
        while (at < text.length() && !complete) {
            char letter = text.charAt(at++);
            if (escaped) {
                escaped = false;
            } else if (quoted) {
                escaped = letter == '\\';
                quoted = letter != '"';
            } else if (letter == '"') {
                quoted = true;
            } else if (letter == '{' || letter == '[') {
                depth++;
            } else if (letter == '}' || letter == ']') {
                complete = --depth == 0;
            }
        }
        if (at > 0) {
            listener.arguments(text.substring(0, at));
            drop(at);
        }
        if (complete) {
            phase = Phase.AFTER;
        }
        return complete;
    }

    /** Drops the end of a call, up to the next one. */
    private boolean after() {
        boolean open = false;
        if (several) {
            Matcher following = next.matcher(text);
            if (following.lookingAt()) {
                return begin(following);
            }
            open = following.hitEnd();
        }
        Matcher last = end.matcher(text);
        boolean ended = last.lookingAt();
        if (open || last.hitEnd()) {
            return false;
        }
        drop(ended ? last.end() : 0);
        phase = Phase.REST;
        return true;
    }

    private boolean release(int length) {
        if (length > 0) {
            listener.content(text.substring(0, length));
            drop(length);
        }
        return false;
    }

    private void drop(int length) {
        text.delete(0, length);
        offset += length;
        marked.headSet(offset).clear();
    }
}
