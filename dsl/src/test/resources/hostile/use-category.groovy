use(groovy.time.TimeCategory) { 1.hour }
pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm' }
    train { method lora() }

}
