pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        filter { ((((((((((((((((((((((((((((((((((((((((row.a)))))))))))))))))))))))))))))))))))))))) }
    }
    initialize { model 'm' }
    train { method lora() }
}
