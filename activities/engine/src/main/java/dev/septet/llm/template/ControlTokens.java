package dev.septet.llm.template;

import dev.septet.llm.tokenizer.AddedToken;
import dev.septet.llm.tokenizer.Tokenizer;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Detects message content that became a control token, whatever the tokenizer's text normalization
 * does. A conversation must have the same control tokens as the same conversation with harmless
 * message contents.
 */
final class ControlTokens {
    private final Map<Integer, String> texts = new HashMap<>();
    private final List<String> folded = new ArrayList<>();

    /** First and last characters of the tokens' texts, without letters and digits. */
    private final Set<Integer> edges = new HashSet<>();

    ControlTokens(Tokenizer tokenizer) {
        for (AddedToken token : tokenizer.addedTokens()) {
            if (tokenizer.reserved(token.id())) {
                texts.put(token.id(), token.text());
            }
        }
        // Some vocabularies contain these without declaring them as added tokens.
        name(tokenizer.bos(), tokenizer.bosText());
        name(tokenizer.eos(), tokenizer.eosText());
        for (String text : texts.values()) {
            String fold = folded(text);
            if (fold.isEmpty()) {
                continue;
            }
            folded.add(fold);
            edge(fold.codePointAt(0));
            edge(fold.codePointBefore(fold.length()));
        }
    }

    private void name(OptionalInt id, String text) {
        id.ifPresent(known -> texts.putIfAbsent(known, text));
    }

    private void edge(int point) {
        if (!Character.isLetterOrDigit(point) && !Character.isWhitespace(point)) {
            edges.add(point);
        }
    }

    /** Whether a text could contribute to a control token. Most cannot, and need no further check. */
    boolean possible(Chat chat) {
        return chat.texts().stream().anyMatch(this::possible);
    }

    boolean possible(String content) {
        for (int i = 0; i < content.length(); i++) {
            char unit = content.charAt(i);
            if (unit < 0x80 ? edges.contains((int) unit) : foldsToEdge(unit)) {
                return true;
            }
        }
        return isPart(content) || containsWord(content);
    }

    private boolean foldsToEdge(char unit) {
        return !Character.isLetterOrDigit(unit)
                && folded(String.valueOf(unit)).codePoints().anyMatch(edges::contains);
    }

    /** A short text may be the middle part of a token whose ends the template writes. */
    private boolean isPart(String content) {
        String fold = content.length() > 256 ? "" : folded(content.strip());
        return !fold.isEmpty() && folded.stream().anyMatch(text -> text.contains(fold));
    }

    /** A token that starts with a letter or digit is searched for literally. */
    private boolean containsWord(String content) {
        String fold = "";
        for (String text : folded) {
            if (!edges.contains(text.codePointAt(0))) {
                fold = fold.isEmpty() ? folded(content) : fold;
                if (fold.contains(text)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The same conversation without characters that could begin or end a control token. */
    Chat neutralize(Chat chat) {
        return chat.mapped(this::neutralize, this::neutralize);
    }

    private String neutralize(String content) {
        if (isPart(content) || containsWord(content)) {
            return "-";
        }
        StringBuilder neutralized = new StringBuilder(content.length());
        content.codePoints().forEach(point -> {
            boolean edge = folded(Character.toString(point)).codePoints().anyMatch(edges::contains);
            neutralized.appendCodePoint(edge ? '.' : point);
        });
        return neutralized.toString();
    }

    /** The control tokens among token ids, in their order. */
    int[] of(int[] ids) {
        return Arrays.stream(ids).filter(texts::containsKey).toArray();
    }

    /** A control token that occurs more often than expected. */
    String extra(int[] found, int[] expected) {
        Map<Integer, Integer> left = new HashMap<>();
        for (int id : expected) {
            left.merge(id, 1, Integer::sum);
        }
        for (int id : found) {
            if (left.merge(id, -1, Integer::sum) < 0) {
                return texts.getOrDefault(id, "");
            }
        }
        return "";
    }

    private static String folded(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    }
}
