package dev.septet.examples.e2e;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Which processes are killed at which transition of one loop. */
record KillPlan(Map<Transition, Set<Victim>> victims) {
    /** Nobody disturbs it. */
    static final KillPlan CALM = new KillPlan(Map.of());

    KillPlan {
        victims = Map.copyOf(victims);
    }

    /** Who is killed at one of them. */
    Set<Victim> at(Transition transition) {
        return victims.getOrDefault(transition, Set.of());
    }

    /** Everything at once, at every transition. */
    static KillPlan everything() {
        Map<Transition, Set<Victim>> all = new EnumMap<>(Transition.class);
        for (Transition at : Transition.values()) {
            all.put(at, EnumSet.allOf(Victim.class));
        }
        return new KillPlan(all);
    }

    /**
     * Two plans that together kill each process at each transition: two of the four in the one, the
     * other two in the other.
     */
    static List<KillPlan> halves(long seed) {
        Random random = new Random(seed);
        Map<Transition, Set<Victim>> one = new EnumMap<>(Transition.class);
        Map<Transition, Set<Victim>> other = new EnumMap<>(Transition.class);
        for (Transition at : Transition.values()) {
            List<Victim> order = new ArrayList<>(List.of(Victim.values()));
            Collections.shuffle(order, random);
            one.put(at, EnumSet.copyOf(order.subList(0, 2)));
            other.put(at, EnumSet.copyOf(order.subList(2, 4)));
        }
        return List.of(new KillPlan(one), new KillPlan(other));
    }

    /** Who is killed where in any of them, each as {@code TRANSITION VICTIM}. */
    static Set<String> cells(List<KillPlan> plans) {
        Set<String> cells = new TreeSet<>();
        for (KillPlan plan : plans) {
            plan.victims.forEach((at, who) -> who.forEach(victim -> cells.add(at + " " + victim)));
        }
        return cells;
    }

    /** A line for each transition. */
    @Override
    public String toString() {
        StringBuilder table = new StringBuilder();
        for (Transition at : Transition.values()) {
            table.append("  %-24s".formatted(at));
            for (Victim victim : Victim.values()) {
                table.append(" %-8s".formatted(at(at).contains(victim) ? victim : "-"));
            }
            table.append('\n');
        }
        return table.toString();
    }
}
