package org.thalweg.assignment;

/** The value of a given rank in linear time (Hoare's quickselect, CACM 4, 1961). */
final class Selection {
    private Selection() {}

    /** The value of rank {@code rank} (0 is the smallest) among the first {@code length}; reorders them. */
    static double ofRank(double[] a, int length, int rank) {
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
