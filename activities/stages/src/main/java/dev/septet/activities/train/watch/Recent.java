package dev.septet.activities.train.watch;

import java.util.Arrays;

/** The last values of a number, at most {@code capacity} of them. */
final class Recent {
    private static final int FIRST_SIZE = 64;

    private final int capacity;
    private double[] ring;
    private long added;

    Recent(int capacity) {
        this.capacity = capacity;
        this.ring = new double[Math.min(capacity, FIRST_SIZE)];
    }

    void add(double value) {
        if (added == ring.length && ring.length < capacity) {
            ring = Arrays.copyOf(ring, (int) Math.min(capacity, 2L * ring.length));
        }
        ring[(int) (added % ring.length)] = value;
        added++;
    }

    /** The values, oldest first. */
    double[] values() {
        int size = size();
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
            values[i] = ring[(int) ((added - size + i) % ring.length)];
        }
        return values;
    }

    int size() {
        return (int) Math.min(added, capacity);
    }

    boolean full() {
        return added >= capacity;
    }

    void clear() {
        added = 0;
    }
}
