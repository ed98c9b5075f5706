package dev.septet.examples.world;

import java.util.HashMap;
import java.util.Map;

/** The people, places and things of one document. */
final class Cast {
    private Cast() {}

    static Map<String, String> of(Grammar world, Draw draw) {
        boolean she = draw.chance(0.5);
        Map<String, String> cast = new HashMap<>();
        cast.put("they", she ? "she" : "he");
        cast.put("who", draw.pick(world.phrases(she ? "person.she" : "person.he")));
        cast.put("friend", draw.pick(world.phrases(she ? "person.he" : "person.she")));
        cast.put("town", draw.pick(world.phrases("town")));
        cast.put("workplace", draw.pick(world.phrases("workplace")));
        Device device = draw.pick(Device.ALL);
        String model = draw.pick(device.models());
        cast.put("kind", device.kind());
        cast.put("a_kind", Prose.a(device.kind()));
        cast.put("model", model);
        cast.put("a_model", Prose.a(model));
        cast.put("name", device.mention(draw));
        return cast;
    }
}
