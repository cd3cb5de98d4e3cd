/* xmpp_stanza_add_child_ex() walks all siblings for each child that it appends. */
#include "defect.h"

int main(void)
{
    return defect_growth("quadratic children", "<m xmlns='x'>", "<a/>", 2000, "</m>");
}
