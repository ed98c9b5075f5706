package dev.septet.examples.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Questions that request facts as JSON. */
final class Records {
    private static final String SYSTEM = "Write a record.";
    private static final List<String> WORDS = List.of("word", "word", "thing", "colour", "food");

    private final Grammar world;

    Records(Grammar world) {
        this.world = world;
    }

    Exchange exchange(Draw draw) {
        Map<String, String> cast = Cast.of(world, draw);
        return switch (draw.below(6)) {
            case 0 -> person(cast, draw);
            case 1 -> thing(cast, draw);
            case 2 -> meal(cast, draw);
            default -> list(draw);
        };
    }

    private static Exchange person(Map<String, String> cast, Draw draw) {
        String who = word(cast, "who");
        String town = word(cast, "town");
        String work = word(cast, "workplace");
        String message = draw.chance(0.5)
                ? who + " lives in " + town + " and works at the " + work + "."
                : who + " works at the " + work + " in " + town + ".";
        return record(message, "name", who, "town", town, "work", work);
    }

    private Exchange thing(Map<String, String> cast, Draw draw) {
        String who = word(cast, "who");
        String thing = draw.pick(world.phrases("thing"));
        String colour = draw.pick(world.phrases("colour"));
        String message = draw.chance(0.5)
                ? who + " has a " + colour + " " + thing + "."
                : "The " + thing + " of " + who + " is " + colour + ".";
        return record(message, "thing", thing, "colour", colour, "owner", who);
    }

    private Exchange meal(Map<String, String> cast, Draw draw) {
        String who = word(cast, "who");
        String food = draw.pick(world.phrases("food"));
        String day = draw.pick(world.phrases("day"));
        String message = draw.chance(0.5)
                ? "On " + day + " " + who + " ate " + food + "."
                : who + " ate " + food + " on " + day + ".";
        return record(message, "food", food, "name", who, "day", day);
    }

    /** Random words, with an answer that gives them as a JSON list: any word may be quoted. */
    private Exchange list(Draw draw) {
        List<String> words = new ArrayList<>();
        int length = draw.between(2, 6);
        while (words.size() < length) {
            words.add(draw.pick(world.phrases(draw.pick(WORDS))));
        }
        return new Exchange("Write a list.", String.join(" ", words), "[\"" + String.join("\",\"", words) + "\"]");
    }

    private static Exchange record(String message, String... fields) {
        StringBuilder json = new StringBuilder();
        for (int i = 0; i < fields.length; i += 2) {
            json.append(i == 0 ? "{" : ",")
                    .append('"')
                    .append(fields[i])
                    .append("\":\"")
                    .append(fields[i + 1])
                    .append('"');
        }
        return new Exchange(SYSTEM, message, json.append('}').toString());
    }

    private static String word(Map<String, String> cast, String name) {
        return cast.getOrDefault(name, "");
    }
}
