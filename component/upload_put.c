/* upload_put.c: the bytes of a file, over HTTP. */
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "component/upload.h"

/* What stands between the scheme and the path: "example.org:5281". */
static bool host_is(const char *rest, const char *host)
{
    size_t length = strlen(host);

    return strncmp(rest, host, length) == 0 && strchr(":/", rest[length]) != NULL &&
           rest[length] != '\0';
}

bool upload_is_safe(const char *url)
{
    static const char *const here[] = {"localhost", "127.0.0.1", "[::1]"};

    if (strpbrk(url, " \"'<>\\^`{|}\r\n\t") != NULL)
        return false;
    if (strncmp(url, "https://", 8) == 0)
        return url[8] != '\0' && url[8] != '/';
    if (strncmp(url, "http://", 7) != 0)
        return false;
    for (size_t i = 0; i < sizeof here / sizeof here[0]; i++)
        if (host_is(url + 7, here[i]))
            return true;
    return false;
}

/* What the server says to it is of no use to anybody. */
static size_t passed_over(char *bytes, size_t size, size_t count, void *context)
{
    (void)bytes;
    (void)context;
    return size * count;
}

/* libcurl calls it about once a second, also while nothing comes or goes. */
static int cut_off(void *context, curl_off_t down_all, curl_off_t down, curl_off_t up_all,
                   curl_off_t up)
{
    const atomic_bool *ended = context;

    (void)down_all;
    (void)down;
    (void)up_all;
    (void)up;
    return ended != NULL && atomic_load(ended);
}

void upload_put_prepare(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static bool perform(CURL *curl, struct error *reterr)
{
    long status = 0;
    CURLcode code = curl_easy_perform(curl);

    if (code != CURLE_OK)
        return error_set(reterr, "upload: %s", curl_easy_strerror(code));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200 && status != 201)
        return error_set(reterr, "upload: the server answers with status %ld", status);
    return true;
}

bool upload_put(const struct upload_slot *slot, const char *type, const void *bytes, size_t size,
                const atomic_bool *ended, struct error *reterr)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = NULL;
    char content_type[128];
    bool fine = false;

    if (curl == NULL)
        return error_set(reterr, "upload: no HTTP client");
    snprintf(content_type, sizeof content_type, "Content-Type: %s", type);
    headers = curl_slist_append(headers, content_type);
    headers = curl_slist_append(headers, "Expect:"); /* some servers let one wait for it */
    for (size_t i = 0; i < slot->header_count; i++)
        headers = curl_slist_append(headers, slot->headers[i]);
    curl_easy_setopt(curl, CURLOPT_URL, slot->put);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L); /* not the only thread */
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)UPLOAD_PUT_SECONDS_MAX);
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* not to wait for a name server either */
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, cut_off);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, (void *)(uintptr_t)ended);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "PUT");
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, bytes);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, passed_over);
    if (headers == NULL)
        error_set(reterr, "upload: out of memory");
    else
        fine = perform(curl, reterr);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return fine;
}
