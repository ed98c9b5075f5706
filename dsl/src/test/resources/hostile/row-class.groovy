pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        filter { row.getClass().forName('java.lang.Runtime') != null }
    }
    initialize { model 'm' }
    train { method lora() }
}
