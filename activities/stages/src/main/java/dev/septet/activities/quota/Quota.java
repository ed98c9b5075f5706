package dev.septet.activities.quota;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.operator.OperatorFile;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How much a team may use in each period.
 *
 * @param zone the time zone in which its periods begin
 */
public record Quota(UsedKind kind, double limit, Period per, ZoneId zone) {
    private static final String EXAMPLE = "one limit and its period, such as {gpuHours: 40, per: week}";

    /** Reads a quota such as {@code {gpuHours: 40, per: week}}. */
    static Quota of(OperatorFile file, String at, JsonNode json, ZoneId zone) {
        if (!json.isObject()) {
            throw file.wrong(at, "quotas", "a list with " + EXAMPLE);
        }
        file.object(json, at, "gpuHours", "money", "tokens", "per");
        UsedKind kind = null;
        Double limit = null;
        for (UsedKind one : UsedKind.values()) {
            Double given = file.number(json, at, one.word());
            if (given != null && kind != null) {
                throw file.wrong(at, "quotas", EXAMPLE);
            }
            kind = given == null ? kind : one;
            limit = given == null ? limit : given;
        }
        if (kind == null || limit == null) {
            throw file.wrong(at, "quotas", EXAMPLE);
        }
        if (!(limit >= 0) || limit.isInfinite()) {
            throw file.wrong(at, kind.word(), "a number from 0");
        }
        String per = file.text(json, at, "per");
        for (Period period : Period.values()) {
            if (period.word().equals(per)) {
                return new Quota(kind, limit, period, zone);
            }
        }
        throw file.wrong(
                at, "per", Arrays.stream(Period.values()).map(Period::word).collect(Collectors.joining(" or ")));
    }

    /** What the use of a team without quotas is shown for. */
    public static List<Quota> unlimited(ZoneId zone) {
        return Arrays.stream(UsedKind.values())
                .map(kind -> new Quota(kind, Double.MAX_VALUE, Period.MONTH, zone))
                .toList();
    }

    /** The time zone of a team's periods. */
    static ZoneId zone(OperatorFile file, String at, JsonNode json) {
        String name = file.text(json, at, "timezone");
        try {
            return ZoneId.of(name == null ? "UTC" : name);
        } catch (DateTimeException unknown) {
            throw file.wrong(at, "timezone", "a time zone such as Europe/Berlin");
        }
    }

    /** An amount with its unit, such as {@code 39.5 GPU hours}. */
    public String shown(double amount) {
        return number(amount) + " " + kind.noun();
    }

    /** A number for people: without digits after the point where it is whole. */
    public static String number(double amount) {
        return amount == Math.rint(amount)
                ? String.format(Locale.ROOT, "%,.0f", amount)
                : String.format(Locale.ROOT, "%,.2f", amount);
    }
}
