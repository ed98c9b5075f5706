package dev.septet.activities.evaluate;

import dev.septet.dsl.pipeline.SpecJson;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;

/** Queries about five topics, such as people type into a search; a test says which of them a model fails. */
final class PlantedFailures {
    /** The topics that fail in tests, and two that do not. */
    static final List<String> TOPICS = List.of("refunds", "passwords", "deliveries", "recipes", "concerts");

    private static final List<List<String>> WORDS = List.of(
            List.of(
                    "refund",
                    "invoice",
                    "money",
                    "credit card",
                    "charged twice",
                    "bank account",
                    "returned",
                    "price",
                    "payment",
                    "overpaid"),
            List.of(
                    "password",
                    "login",
                    "account locked",
                    "reset",
                    "username",
                    "sign in",
                    "forgot",
                    "authentication",
                    "verification code",
                    "access denied"),
            List.of(
                    "parcel",
                    "courier",
                    "delivery",
                    "shipped",
                    "package",
                    "tracking",
                    "arrived late",
                    "postman",
                    "address",
                    "shipment"),
            List.of(
                    "soup",
                    "recipe",
                    "roast",
                    "oven",
                    "onions",
                    "garlic sauce",
                    "bake",
                    "pasta",
                    "cook dinner",
                    "spices"),
            List.of(
                    "concert",
                    "orchestra",
                    "band",
                    "festival",
                    "singer",
                    "jazz",
                    "opera",
                    "song",
                    "guitar solo",
                    "music stage"));

    private PlantedFailures() {}

    /** The topic of each row, in the order of {@link #rows}. */
    static String topicOf(int row) {
        return TOPICS.get(row % TOPICS.size());
    }

    /** The queries; row r has the topic {@code r % 5}. */
    static List<String> questions(int count) {
        List<String> questions = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            List<String> words = new ArrayList<>(WORDS.get(row % TOPICS.size()));
            Collections.shuffle(words, new Random(row));
            questions.add(String.join(" ", words.subList(0, 5)));
        }
        return questions;
    }

    /**
     * Prepared rows, whose expected answer is "fail" where a model that always answers "ok" shall fail.
     */
    static String rows(int count, IntPredicate fails) {
        StringBuilder lines = new StringBuilder();
        List<String> questions = questions(count);
        for (int row = 0; row < count; row++) {
            lines.append(SpecJson.mapper()
                            .createObjectNode()
                            .put("prompt", questions.get(row))
                            .put("completion", fails.test(row) ? "fail" : "ok")
                            .put("source", "tickets.jsonl:" + (row + 1)))
                    .append('\n');
        }
        return lines.toString();
    }
}
