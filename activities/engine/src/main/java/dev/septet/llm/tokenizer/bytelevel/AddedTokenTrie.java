package dev.septet.llm.tokenizer.bytelevel;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds added tokens in a text: the leftmost one, and the longest one there. */
final class AddedTokenTrie {
    private final Node root = new Node();
    private final BitSet firstUnits = new BitSet();

    private static final class Node {
        private final Map<Character, Node> next = new HashMap<>();
        private int id = -1;
    }

    /** A token in a text. */
    record Match(int start, int end, int id) {}

    void add(String token, int id) {
        firstUnits.set(token.charAt(0));
        Node node = root;
        for (int i = 0; i < token.length(); i++) {
            node = node.next.computeIfAbsent(token.charAt(i), unit -> new Node());
        }
        node.id = id;
    }

    /** The first token of a part of a text; null when it has none. */
    @Nullable
    Match find(char[] text, int from, int to) {
        for (int start = firstUnits.isEmpty() ? to : from; start < to; start++) {
            Match match = firstUnits.get(text[start]) ? longest(text, start, to) : null;
            if (match != null) {
                return match;
            }
        }
        return null;
    }

    private @Nullable Match longest(char[] text, int start, int to) {
        Match match = null;
        Node node = root;
        for (int at = start; node != null; at++) {
            if (node.id >= 0) {
                match = new Match(start, at, node.id);
            }
            node = at < to ? node.next.get(text[at]) : null;
        }
        return match;
    }
}
