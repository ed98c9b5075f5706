package dev.septet.examples.tickets;

import dev.septet.examples.world.Device;
import dev.septet.examples.world.Draw;
import dev.septet.examples.world.Grammar;
import java.util.List;
import java.util.Map;

/**
 * Whose customers write, about what, and in which words.
 *
 * @param grammar how tickets are worded
 * @param devices what they may be about
 * @param teams what they may ask for; the grammar has a rule {@code team.NAME} for each
 * @param names what its customers call a device, by its name in {@link Device}; those that are not
 *     listed keep their name
 */
public record Shop(Grammar grammar, List<Device> devices, List<String> teams, Map<String, String> names) {
    public Shop {
        devices = List.copyOf(devices);
        teams = List.copyOf(teams);
        names = Map.copyOf(names);
    }

    /** The shop that the quickstart's model knows. */
    public static Shop known() {
        return new Shop(Grammar.load("tickets"), Device.ALL, Routing.TEAMS, Map.of());
    }

    /** The same shop's customers who write in German. */
    public static Shop german() {
        return new Shop(
                Grammar.load("tickets-de"),
                Device.ALL,
                Routing.TEAMS,
                Map.of(
                        "printer", "Drucker",
                        "printing machine", "Laserdrucker",
                        "phone", "Handy",
                        "handset", "Telefon",
                        "camera", "Kamera",
                        "headset", "Headset",
                        "headphone", "Kopfhörer",
                        "monitor", "Monitor",
                        "screen", "Bildschirm",
                        "wifi box", "WLAN-Box"));
    }

    /** A year on: the shop sells other things, and insures and lends what it sells. */
    public static Shop grown() {
        return new Shop(
                Grammar.load("tickets-grown"),
                List.of(
                        device("watch", "Tempo", "wrist watch"),
                        device("speaker", "Boom", "loudspeaker"),
                        device("drone", "Kite", "quadcopter"),
                        device("scooter", "Glide", "kick scooter")),
                List.of("insurance", "rental", "repair", "shipping"),
                Map.of());
    }

    /** Words by which a customer names it. */
    String mention(Device device, Draw draw) {
        String mention = device.mention(draw);
        return names.getOrDefault(mention, mention);
    }

    private static Device device(String kind, String brand, String other) {
        return new Device(
                kind, List.of(brand + " 3", brand + " 5", brand + " Mini"), "is new in the shop", List.of(other));
    }
}
