package dev.septet.llm.generate.constraint;

import dev.septet.llm.template.tool.ToolCallFormat;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Answers of any text until a call begins: from then on, the answer must be calls. A call begins with
 * the format's first mark, or, where it has none, with a JSON object at the beginning of the answer
 * that has a name.
 */
final class TriggeredConstraint implements TokenConstraint {
    /** Longest beginning of an answer in which a JSON object with a name is looked for. */
    private static final int LONGEST_BEGINNING = 256;

    private final TokenTrie trie;
    private final GrammarConstraint calls;
    private final byte[] trigger;
    private final @Nullable String nameKey;

    TriggeredConstraint(TokenTrie trie, ToolCallFormat format, GrammarConstraint calls) {
        this.trie = trie;
        this.calls = calls;
        this.trigger = trie.marked(format.trigger());
        this.nameKey = format.nameKey();
    }

    @Override
    public Progress begin() {
        return new FreeProgress();
    }

    private final class FreeProgress implements Progress {
        private byte[] text = new byte[0];
        private boolean free = trigger.length == 0 && nameKey == null;
        private @Nullable Progress call;

        @Override
        public long @Nullable [] allowed() {
            return call == null ? null : call.allowed();
        }

        @Override
        public boolean allows(int id) {
            if (call != null) {
                return call.allows(id);
            }
            int start = start(joined(id));
            return start < 0 || calls.after(from(joined(id), start)) != null;
        }

        @Override
        public void add(int id) {
            if (call != null) {
                call.add(id);
                return;
            }
            text = joined(id);
            int start = start(text);
            if (start >= 0) {
                call = calls.after(from(text, start));
                free |= call == null;
            }
            if (trigger.length == 0) {
                free |= text.length > LONGEST_BEGINNING;
            } else if (text.length > trigger.length) {
                text = Arrays.copyOfRange(text, text.length - trigger.length, text.length);
            }
        }

        private byte[] joined(int id) {
            if (free) {
                return text;
            }
            ByteArrayOutputStream joined = new ByteArrayOutputStream();
            joined.writeBytes(text);
            joined.writeBytes(trie.bytes(id));
            return joined.toByteArray();
        }

        /** Where a call begins in a text; -1 for nowhere. */
        private int start(byte[] bytes) {
            if (free) {
                return -1;
            }
            if (trigger.length > 0) {
                for (int i = 0; i + trigger.length <= bytes.length; i++) {
                    if (Arrays.equals(bytes, i, i + trigger.length, trigger, 0, trigger.length)) {
                        return i;
                    }
                }
                return -1;
            }
            if (bytes.length > LONGEST_BEGINNING) {
                return -1;
            }
            String beginning = new String(bytes, StandardCharsets.UTF_8);
            int brace = beginning.length() - beginning.stripLeading().length();
            boolean named = beginning.startsWith("{", brace)
                    && beginning.substring(brace).replaceAll("\\s", "").startsWith("{\"" + nameKey + "\":");
            return named ? brace : -1;
        }

        private static byte[] from(byte[] bytes, int start) {
            return Arrays.copyOfRange(bytes, start, bytes.length);
        }

        @Override
        public boolean mayEnd() {
            return call == null || call.mayEnd();
        }

        @Override
        public boolean mustEnd() {
            return call != null && call.mustEnd();
        }
    }
}
