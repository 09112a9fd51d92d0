package org.thalweg.assignment;

import java.util.Arrays;

/** The value of a given rank in linear time (Hoare's quickselect, CACM 4, 1961). */
final class Selection {
    private Selection() {}

    /** The value of rank {@code rank} (0 is the smallest) among the first {@code length}, by quickselect on a copy. */
    static double ofRank(double[] values, int length, int rank) {
        double[] a = Arrays.copyOf(values, length);
        int low = 0;
        int high = length - 1;
        while (low < high) {
            double pivot = a[(low + high) >>> 1];
            int left = low;
            int right = high;
            while (left <= right) {
                while (a[left] < pivot) {
                    left++;
                }
                while (a[right] > pivot) {
                    right--;
                }
                if (left <= right) {
                    double swapped = a[left];
                    a[left++] = a[right];
                    a[right--] = swapped;
                }
            }
            if (rank <= right) {
                high = right;
            } else if (rank >= left) {
                low = left;
            } else {
                return a[rank];
            }
        }
        return a[rank];
    }
}
