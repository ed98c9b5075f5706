pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        map answer: { metaClass.invokeMethod('exit', 1) }
    }
    initialize { model 'm' }
    train { method lora() }
}
