package dev.septet.examples.world;

import java.util.List;

/**
 * A kind of device that the shop of the fictional world sells.
 *
 * @param kind its common name
 * @param models names of its models
 * @param purpose its purpose, as a text that follows "it"
 * @param others further words that people use for it
 */
public record Device(String kind, List<String> models, String purpose, List<String> others) {
    /** All devices that the shop sells. */
    public static final List<Device> ALL = List.of(
            device("router", "Nimbus", "connects an office to the internet", "wifi box"),
            device("printer", "Inkwell", "puts letters and pictures on paper", "printing machine"),
            device("laptop", "Feather", "runs programs on your lap", "notebook"),
            device("phone", "Chirp", "calls people far away", "handset"),
            device("camera", "Lumen", "takes pictures and films", "cam"),
            device("tablet", "Slate", "shows books and drawings by touch", "touch pad"),
            device("headset", "Murmur", "plays sound close to your ears", "headphone"),
            device("monitor", "Vista", "shows what a computer does", "screen"));

    public Device {
        models = List.copyOf(models);
        others = List.copyOf(others);
    }

    private static Device device(String kind, String brand, String purpose, String other) {
        return new Device(kind, List.of(brand + " 3", brand + " 5", brand + " Mini"), purpose, List.of(other));
    }

    /** A name for the device after "my": its kind, one of its models, or another word. */
    public String mention(Draw draw) {
        int choice = draw.below(10);
        return choice < 5 ? kind : choice < 8 ? draw.pick(models) : draw.pick(others);
    }
}
