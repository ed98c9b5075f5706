package dev.septet.examples.world;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Questions with known answers: sums, order, opposites, reading, and the shop's devices. */
final class Questions {
    private static final List<List<String>> OPPOSITES = List.of(
            List.of("hot", "cold"),
            List.of("big", "small"),
            List.of("early", "late"),
            List.of("open", "closed"),
            List.of("fast", "slow"),
            List.of("happy", "sad"),
            List.of("full", "empty"),
            List.of("new", "old"),
            List.of("light", "dark"),
            List.of("wet", "dry"));

    private final Grammar world;

    Questions(Grammar world) {
        this.world = world;
    }

    /** A question, its answer in a word, and its answer in a sentence. */
    record Answered(String question, String word, String sentence) {}

    Answered ask(Draw draw) {
        return switch (draw.below(7)) {
            case 0 -> sum(draw);
            case 1 -> dayAfter(draw);
            case 2 -> opposite(draw);
            case 3 -> owner(draw);
            case 4 -> colour(draw);
            case 5 -> kindOfModel(draw);
            default -> purpose(draw);
        };
    }

    private static Answered sum(Draw draw) {
        int a = draw.between(1, 20);
        int b = draw.between(1, 20);
        return new Answered(
                String.format(Locale.ROOT, "What is %d plus %d?", a, b),
                Integer.toString(a + b),
                String.format(Locale.ROOT, "%d plus %d is %d.", a, b, a + b));
    }

    private Answered dayAfter(Draw draw) {
        List<String> days = world.phrases("day");
        int day = draw.below(days.size());
        String next = days.get((day + 1) % days.size());
        return new Answered(
                "Which day comes after " + days.get(day) + "?", next, next + " comes after " + days.get(day) + ".");
    }

    private static Answered opposite(Draw draw) {
        List<String> pair = draw.pick(OPPOSITES);
        int side = draw.below(2);
        String word = pair.get(side);
        String other = pair.get(1 - side);
        return new Answered(
                "What is the opposite of " + word + "?", other, "The opposite of " + word + " is " + other + ".");
    }

    private Answered owner(Draw draw) {
        Map<String, String> cast = Cast.of(world, draw);
        String first = draw.pick(world.phrases("thing"));
        String second = other(world.phrases("thing"), first, draw);
        String who = cast.getOrDefault("who", "");
        String friend = cast.getOrDefault("friend", "");
        boolean askFirst = draw.chance(0.5);
        String thing = askFirst ? first : second;
        String owner = askFirst ? who : friend;
        return new Answered(
                "%s has a %s. %s has a %s. Who has the %s?".formatted(who, first, friend, second, thing),
                owner,
                owner + " has the " + thing + ".");
    }

    private Answered colour(Draw draw) {
        String first = draw.pick(world.phrases("thing"));
        String second = other(world.phrases("thing"), first, draw);
        String firstColour = draw.pick(world.phrases("colour"));
        String secondColour = other(world.phrases("colour"), firstColour, draw);
        boolean askFirst = draw.chance(0.5);
        String thing = askFirst ? first : second;
        String colour = askFirst ? firstColour : secondColour;
        return new Answered(
                "The %s is %s and the %s is %s. Which colour is the %s?"
                        .formatted(first, firstColour, second, secondColour, thing),
                colour,
                "The " + thing + " is " + colour + ".");
    }

    private static Answered kindOfModel(Draw draw) {
        Device device = draw.pick(Device.ALL);
        String name = draw.chance(0.7) ? draw.pick(device.models()) : draw.pick(device.others());
        return new Answered(
                "What is %s?".formatted(Prose.a(name)),
                device.kind(),
                "%s is %s.".formatted(Prose.sentence(Prose.a(name)), Prose.a(device.kind())));
    }

    private static Answered purpose(Draw draw) {
        Device device = draw.pick(Device.ALL);
        return new Answered(
                "What %s?".formatted(device.purpose()),
                device.kind(),
                "%s %s.".formatted(Prose.sentence(Prose.a(device.kind())), device.purpose()));
    }

    private static String other(List<String> words, String not, Draw draw) {
        return draw.pick(words.stream().filter(word -> !word.equals(not)).toList());
    }
}
