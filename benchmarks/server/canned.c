/* Answers requests on keep-alive connections with canned bytes. One thread, epoll, no HTTP beyond finding the end.

   canned "GET /v1/runs/r1=FILE" ...   FILE holds the whole answer; the first prefix that matches is sent.
   Prints the port it listens on, and ends when its standard input does. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_FDS = 65536, REQUEST = 16384, EVENTS = 512 };

struct route { const char *prefix; size_t prefix_length; char *answer; size_t length; };
struct connection { char request[REQUEST]; size_t have; const char *left; size_t left_length; };

static struct route routes[64];
static int route_count;
static struct connection *connections[MAX_FDS];
static int poller;

static void die(const char *what) { perror(what); exit(1); }

static void add_route(char *argument)
{
    char *file = strrchr(argument, '=');
    FILE *in;
    struct route *route = &routes[route_count++];
    if (!file) die("a route has no =FILE");
    *file++ = 0;
    in = fopen(file, "rb");
    if (!in) die(file);
    fseek(in, 0, SEEK_END);
    route->length = (size_t)ftell(in);
    rewind(in);
    route->answer = malloc(route->length);
    if (fread(route->answer, 1, route->length, in) != route->length) die(file);
    fclose(in);
    route->prefix = argument;
    route->prefix_length = strlen(argument);
}

static void drop(int fd)
{
    free(connections[fd]);
    connections[fd] = NULL;
    close(fd);
}

/* Sends what is left; 1 when all of it has gone, 0 when the socket is full, -1 when the peer is gone. */
static int push(int fd, struct connection *c)
{
    while (c->left_length) {
        ssize_t sent = send(fd, c->left, c->left_length, MSG_NOSIGNAL);
        if (sent < 0) return errno == EAGAIN ? 0 : -1;
        c->left += sent;
        c->left_length -= (size_t)sent;
    }
    return 1;
}

/* Takes one whole request off the buffer and points to its answer; 0 when there is none yet, -1 when it is unknown. */
static int next_answer(struct connection *c)
{
    char *end = memmem(c->request, c->have, "\r\n\r\n", 4), *field;
    size_t whole;
    int i;
    if (!end) return c->have == REQUEST ? -1 : 0;
    *end = 0;
    field = strcasestr(c->request, "\r\ncontent-length:");
    *end = '\r';
    whole = (size_t)(end + 4 - c->request) + (field ? strtoul(field + 17, NULL, 10) : 0);
    if (c->have < whole) return whole > REQUEST ? -1 : 0;
    for (i = 0; i < route_count && strncmp(c->request, routes[i].prefix, routes[i].prefix_length); i++) {}
    if (i == route_count) return -1;
    memmove(c->request, c->request + whole, c->have -= whole);
    c->left = routes[i].answer;
    c->left_length = routes[i].length;
    return 1;
}

static void serve(int fd)
{
    struct connection *c = connections[fd];
    int done = push(fd, c);
    while (done > 0) {
        ssize_t got;
        int answer = next_answer(c);
        if (answer < 0) { drop(fd); return; }
        if (answer > 0) { done = push(fd, c); continue; }
        got = recv(fd, c->request + c->have, REQUEST - c->have, 0);
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) { drop(fd); return; }
        c->have += (size_t)got;
    }
    if (done < 0) drop(fd);
}

static void welcome(int listener)
{
    int fd, yes = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.fd = fd};
        if (fd >= MAX_FDS) { close(fd); continue; }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        connections[fd] = calloc(1, sizeof(struct connection));
        if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event)) die("epoll_ctl");
    }
}

int main(int count, char **arguments)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    struct epoll_event events[EVENTS], readable = {.events = EPOLLIN};
    int i, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    for (i = 1; i < count; i++) add_route(arguments[i]);
    if (bind(listener, (struct sockaddr *)&here, size) || listen(listener, 4096)) die("listen");
    getsockname(listener, (struct sockaddr *)&here, &size);
    printf("%d\n", ntohs(here.sin_port));
    fflush(stdout);
    poller = epoll_create1(0);
    readable.data.fd = listener;
    if (epoll_ctl(poller, EPOLL_CTL_ADD, listener, &readable)) die("epoll_ctl");
    readable.data.fd = STDIN_FILENO;
    if (epoll_ctl(poller, EPOLL_CTL_ADD, STDIN_FILENO, &readable)) die("epoll_ctl");
    for (;;) {
        int ready = epoll_wait(poller, events, EVENTS, -1);
        for (i = 0; i < ready; i++) {
            if (events[i].data.fd == STDIN_FILENO) return 0;
            if (events[i].data.fd == listener) welcome(listener);
            else if (connections[events[i].data.fd]) serve(events[i].data.fd);
        }
    }
}
