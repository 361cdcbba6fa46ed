/* The config service: every option of a provider, for hosts that make a variable of each (docs/spec/wsrep-api-v26.md 1.3). */
#include "export.h"

#include "log.h"
#include "upcall.h"

#include <stdlib.h>

/* One malloc'ed block holds the rows, which one without a name ends, and behind them all texts. */
static uint32_t get_parameters(struct wsrep_st *wsrep, wsrep_parameter_cb callback, void *context)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    if (provider == NULL || callback == NULL) {
        w4j_log(WSREP_LOG_ERROR, "config service: %s", provider == NULL ? "the provider is not initialised" : "no callback was given");
        return WSREP_FATAL;
    }
    struct wsrep_parameter *parameters = NULL;
    uint32_t status = w4j_call(provider, W4J_PARAMETERS, W4J_ANY_THREAD, W4J_POINTER(&parameters));
    for (struct wsrep_parameter *parameter = parameters; status == WSREP_OK && parameter->name != NULL; parameter++) {
        if (callback(parameter, context) != WSREP_OK) {
            w4j_log(WSREP_LOG_ERROR, "config service: the host refuses the option %s", parameter->name);
            status = WSREP_FATAL;
        }
    }
    free(parameters);
    return status == WSREP_OK ? WSREP_OK : WSREP_FATAL;
}

int wsrep_init_config_service_v1(struct wsrep_config_service *service)
{
    if (service == NULL) {
        return 1;
    }
    service->get_parameters = get_parameters;
    return 0;
}

/* Hosts call it as soon as they have the list; the service holds nothing. */
void wsrep_deinit_config_service_v1(void)
{
}
