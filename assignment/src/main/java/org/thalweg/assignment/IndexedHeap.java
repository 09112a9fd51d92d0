package org.thalweg.assignment;

import java.util.Arrays;

/**
 * A 4-ary heap of numbered items with keys that may fall. Four children share a cache line or two, and paths are half
 * as long as in a binary heap. Offering and removing cost O(log size); clearing costs as much as was offered.
 */
final class IndexedHeap {
    private static final int ABSENT = -1;
    private static final int REMOVED = -2;

    private final int[] item; // [capacity] heap order
    private final double[] key; // [capacity] by item
    private final int[] place; // [capacity] by item
    private final int[] known; // [capacity] items offered since the last clear
    private int size;
    private int knownCount;

    IndexedHeap(int capacity) {
        item = new int[capacity];
        key = new double[capacity];
        place = new int[capacity];
        known = new int[capacity];
        Arrays.fill(place, ABSENT);
    }

    boolean isEmpty() {
        return size == 0;
    }

    double smallestKey() {
        return key[item[0]];
    }

    /** The key an item had last. */
    double key(int id) {
        return key[id];
    }

    /**
     * Inserts an item, or lowers its key.
     *
     * @return false when the item already has a key that is as small
     */
    boolean offer(int id, double newKey) {
        int at = place[id];
        if (at >= 0) {
            if (newKey >= key[id]) {
                return false;
            }
        } else {
            if (at == ABSENT) {
                known[knownCount++] = id;
            }
            at = size++;
        }
        key[id] = newKey;
        rise(at, id, newKey);
        return true;
    }

    private void rise(int start, int id, double newKey) {
        int at = start;
        while (at > 0) {
            int parent = at - 1 >> 2;
            int above = item[parent];
            if (key[above] <= newKey) {
                break;
            }
            item[at] = above;
            place[above] = at;
            at = parent;
        }
        item[at] = id;
        place[id] = at;
    }

    int removeSmallest() {
        int top = item[0];
        place[top] = REMOVED;
        size--;
        if (size > 0) {
            sink(item[size]);
        }
        return top;
    }

    private void sink(int id) {
        double sunk = key[id];
        int at = 0;
        while (true) {
            int child = 4 * at + 1;
            if (child >= size) {
                break;
            }
            int end = Math.min(child + 4, size);
            int smallest = child;
            double smallestKey = key[item[child]];
            for (int k = child + 1; k < end; k++) {
                double here = key[item[k]];
                if (here < smallestKey) {
                    smallest = k;
                    smallestKey = here;
                }
            }
            if (smallestKey >= sunk) {
                break;
            }
            int up = item[smallest];
            item[at] = up;
            place[up] = at;
            at = smallest;
        }
        item[at] = id;
        place[id] = at;
    }

    /** Forgets every item. */
    void clear() {
        for (int k = 0; k < knownCount; k++) {
            place[known[k]] = ABSENT;
        }
        knownCount = 0;
        size = 0;
    }
}
