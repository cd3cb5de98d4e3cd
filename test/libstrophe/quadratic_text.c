/* _characters() in parser_expat.c appends with strncat(), which looks for the end of all text so
 * far; expat calls it for each line. */
#include "defect.h"

int main(void)
{
    return defect_growth("quadratic text", "<m xmlns='x'>", "\n", 20000, "</m>");
}
