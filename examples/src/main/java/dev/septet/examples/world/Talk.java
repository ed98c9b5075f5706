package dev.septet.examples.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Chats about the fictional world. The answers follow the system message's instructions. */
public final class Talk {
    private static final List<String> IN_A_WORD = List.of("Answer in one word.", "One word is enough.", "Be brief.");
    private static final List<String> IN_A_SENTENCE =
            List.of("Answer in a sentence.", "Be polite.", "Answer the question.");
    private static final String REPEAT = "Repeat the message.";
    private static final List<String> WORDS =
            List.of("thing", "colour", "food", "town", "day", "workplace", "person.she", "person.he");

    private final Grammar world = Grammar.load("world");
    private final Questions questions = new Questions(world);
    private final Records records = new Records(world);
    private final long seed;
    private final String purpose;

    /** Chats for one purpose. Chats of different purposes are independent. */
    public Talk(long seed, String purpose) {
        this.seed = seed;
        this.purpose = purpose;
    }

    /** The chat of this number. */
    public Exchange exchange(long number) {
        return exchange(Draw.of(seed, purpose, number));
    }

    /** The chat for these choices. */
    public Exchange exchange(Draw draw) {
        int manner = draw.below(100);
        if (manner < 8) {
            return worry(draw);
        }
        if (manner < 14) {
            return draw.chance(0.8) ? repeatSentence(draw) : repeatWords(draw);
        }
        if (manner < 34) {
            return records.exchange(draw);
        }
        Questions.Answered answered = questions.ask(draw);
        if (manner < 60) {
            return new Exchange(draw.pick(IN_A_WORD), answered.question(), answered.word());
        }
        String system = manner < 85 ? "" : draw.pick(IN_A_SENTENCE);
        return new Exchange(system, answered.question(), answered.sentence());
    }

    private Exchange worry(Draw draw) {
        Map<String, String> cast = Cast.of(world, draw);
        return new Exchange(
                draw.chance(0.5) ? "" : "Be polite.",
                Prose.sentence(world.phrase("worry", cast, draw)),
                world.phrase("politeness", cast, draw));
    }

    private Exchange repeatSentence(Draw draw) {
        Map<String, String> cast = Cast.of(world, draw);
        String rule = draw.pick(List.of("life", "event", "shop"));
        String message = Prose.sentence(world.phrase(rule, cast, draw));
        return new Exchange(REPEAT, message, message);
    }

    private Exchange repeatWords(Draw draw) {
        List<String> words = new ArrayList<>();
        int length = draw.between(3, 8);
        while (words.size() < length) {
            words.add(draw.pick(world.phrases(draw.pick(WORDS))));
        }
        String message = Prose.sentence(String.join(" ", words));
        return new Exchange(REPEAT, message, message);
    }
}
