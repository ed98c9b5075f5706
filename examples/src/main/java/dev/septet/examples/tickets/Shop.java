package dev.septet.examples.tickets;

import dev.septet.examples.world.Device;
import dev.septet.examples.world.Draw;
import dev.septet.examples.world.Grammar;
import java.util.List;
import java.util.Map;

/**
 * A shop whose customers write tickets: its products, its teams and its customers' wording.
 *
 * @param grammar grammar of the tickets' text
 * @param devices devices that tickets may be about
 * @param teams teams that tickets may need; the grammar has a rule {@code team.NAME} for each
 * @param names the customers' names for devices, by the name in {@link Device}; other devices keep
 *     their name
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

    /** The same shop, with customers who write in German. */
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

    /** The shop a year later: it sells other devices, and also insures and lends them. */
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

    /** A customer's words for a device. */
    String mention(Device device, Draw draw) {
        String mention = device.mention(draw);
        return names.getOrDefault(mention, mention);
    }

    private static Device device(String kind, String brand, String other) {
        return new Device(
                kind, List.of(brand + " 3", brand + " 5", brand + " Mini"), "is new in the shop", List.of(other));
    }
}
