// Builds and takes apart search trees in memory of its own allocator, which keeps what was freed by size.
#include "support/hvt.h"

MANIFEST()

enum { CLASSES = 8, ROUNDS = 6, NODES = 400 };

typedef struct node {
    struct node *left, *right;
    uint64_t key, size;
} node;

static uint8_t *next;
static void *freed[CLASSES];

/// A piece of 32 bytes times a power of two.
static void *allocate(uint64_t class) {
    void *piece = freed[class];
    if (piece != NULL) {
        freed[class] = *(void **)piece;
        return piece;
    }
    piece = next;
    next += 32ull << class;
    return piece;
}

static void release(void *piece, uint64_t class) {
    *(void **)piece = freed[class];
    freed[class] = piece;
}

static uint64_t take_apart(node *tree, uint64_t depth) {
    if (tree == NULL) return 0;
    uint64_t sum = tree->key * depth + take_apart(tree->left, depth + 1) + take_apart(tree->right, depth + 1);
    release(tree, tree->size);
    return sum;
}

int unikernel(const boot_information *information) {
    next = (uint8_t *)information->program_end;
    uint64_t number = 88172645463325252ull, sum = 0;
    for (int round = 0; round < ROUNDS; round++) {
        node *root = NULL;
        for (int count = 0; count < NODES; count++) {
            number ^= number << 13, number ^= number >> 7, number ^= number << 17;
            node *fresh = allocate(number % CLASSES);
            *fresh = (node){NULL, NULL, number >> 32, number % CLASSES};
            node **place = &root;
            while (*place != NULL) place = fresh->key < (*place)->key ? &(*place)->left : &(*place)->right;
            *place = fresh;
        }
        sum = sum * 31 + take_apart(root, 1);
    }
    put_text("trees: "), put_hexadecimal(sum), put_text("\n");
    return 0;
}
