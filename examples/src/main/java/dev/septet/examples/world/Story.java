package dev.septet.examples.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes a few sentences about people of the fictional world. */
public final class Story {
    private final Grammar world = Grammar.load("world");

    /** The story for these choices. */
    public String write(Draw draw) {
        Map<String, String> cast = Cast.of(world, draw);
        List<String> sentences = new ArrayList<>();
        sentences.add(world.phrase("life", cast, draw));
        String theme = draw.chance(0.5) ? "event" : "shop";
        int length = draw.between(2, 4);
        for (int i = 0; i < length; i++) {
            String sentence = world.phrase(theme, cast, draw);
            if (!sentences.contains(sentence)) {
                sentences.add(sentence);
            }
        }
        return Prose.join(sentences.stream().map(Prose::sentence).toList());
    }
}
