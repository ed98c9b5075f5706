package dev.septet.examples.support;

import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.Role;
import dev.septet.activities.dataset.RowJson;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.examples.world.Draw;
import dev.septet.examples.world.Grammar;
import dev.septet.examples.world.Prose;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Conversations with the support desk of a made-up shop: customers ask in many ways, the desk
 * answers by its rules and in its tone. No text comes from anywhere else.
 */
final class SupportRows {
    static final String SYSTEM = "You are the support assistant of Fernhill, an outdoor shop.";

    private static final List<String> TOPICS = List.of(
            "return",
            "refund",
            "size",
            "late",
            "damaged",
            "warranty",
            "cancel",
            "address",
            "invoice",
            "discount",
            "care",
            "missing");
    private static final Set<String> OF_CLOTHES = Set.of("size", "damaged", "warranty", "care");
    private static final double SECOND_QUESTION = 0.2;

    private final Grammar grammar = Grammar.load("support");
    private final long seed;

    SupportRows(long seed) {
        this.seed = seed;
    }

    /** Lines of a chat file, each once. */
    List<String> lines(int count) {
        Set<String> lines = new LinkedHashSet<>();
        for (long number = 0; lines.size() < count; number++) {
            lines.add(RowJson.canonical(row(number)));
        }
        return new ArrayList<>(lines);
    }

    private ChatRow row(long number) {
        Draw draw = Draw.of(seed, "support", number);
        String topic = draw.pick(TOPICS);
        String other = draw.pick(TOPICS.stream().filter(t -> !t.equals(topic)).toList());
        boolean clothes = OF_CLOTHES.contains(topic) || OF_CLOTHES.contains(other);
        Map<String, String> words = Map.of(
                "item", draw.pick(grammar.phrases(clothes ? "clothes" : "gear")),
                "order", String.format(Locale.ROOT, "FH-%05d", draw.below(100_000)));
        List<Message> messages = new ArrayList<>();
        messages.add(new Message(Role.SYSTEM, SYSTEM));
        exchange(topic, "opening", words, draw, messages);
        if (draw.chance(SECOND_QUESTION)) {
            exchange(other, "next", words, draw, messages);
        }
        return new ChatRow(messages, new RowPlace("support", number + 1));
    }

    /** A question and its answer, which names the item only where somebody has. */
    private void exchange(String topic, String first, Map<String, String> words, Draw draw, List<Message> messages) {
        messages.add(question(topic, first, words, draw));
        String item = words.getOrDefault("item", "");
        boolean named = messages.stream().anyMatch(said -> said.content().contains(item));
        Map<String, String> known = new HashMap<>(words);
        known.put("item", named ? item : "order");
        messages.add(new Message(Role.ASSISTANT, grammar.phrase("answer." + topic, known, draw)));
    }

    private Message question(String topic, String first, Map<String, String> words, Draw draw) {
        String opening = grammar.phrase(first, words, draw);
        String asked = grammar.phrase("ask." + topic, words, draw);
        List<String> parts = List.of(
                opening,
                opening.endsWith(",") ? asked : Prose.sentence(asked),
                grammar.phrase("aside", words, draw),
                grammar.phrase("thanks", words, draw));
        return new Message(Role.USER, Prose.join(parts));
    }
}
