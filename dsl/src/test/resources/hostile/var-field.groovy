@groovy.transform.Field def x = 'touch CANARY'.execute()
pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm' }
    train { method lora() }

}
